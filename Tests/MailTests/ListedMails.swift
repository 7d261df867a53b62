import Mail
import Synchronization

/// A queue in memory: hands out its mails once and keeps what is reported.
final class ListedMails: MailSource {
    private let state: Mutex<(waiting: [MailJob], reported: [String: MailOutcome])>

    init(_ jobs: [MailJob]) {
        state = Mutex((jobs, [:]))
    }

    func add(_ job: MailJob) {
        state.withLock { $0.waiting.append(job) }
    }

    func lease() async -> MailJob? {
        state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
    }

    func report(_ id: String, _ outcome: MailOutcome) async {
        state.withLock { $0.reported[id] = outcome }
    }

    func waitUntilDue() async {
        while state.withLock({ $0.waiting.isEmpty }), !Task.isCancelled { await Task.yield() }
    }

    /// The outcomes, once there are at least `count`.
    func reports(_ count: Int) async -> [String: MailOutcome] {
        while true {
            let reported = state.withLock { $0.reported }
            if reported.count >= count { return reported }
            await Task.yield()
        }
    }
}
