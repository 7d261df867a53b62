import GateModel
import Synchronization

@testable import Mail

/// Takes every mail and remembers whom it was for.
final class RecordingTransport: MailTransport {
    private let seen = Mutex<[String]>([])

    var recipients: [String] { seen.withLock { $0 } }

    func deliver(_ mail: ComposedMail) async -> DeliveryRecord {
        seen.withLock { $0.append(mail.recipient.description) }
        return DeliveryRecord(outcome: .sent(reply: "250 ok"), transcript: ["* recorded"], remedy: nil)
    }
}

/// A clock on which every pause is over at once, and no deadline ever comes.
struct ImpatientClock: Clock {
    var now: ContinuousClock.Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        await Task.yield()
    }
}
