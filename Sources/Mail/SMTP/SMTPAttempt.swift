internal import NIOCore
internal import Synchronization

/// One attempt to deliver, from outside: it can be waited for and interrupted at any moment.
final class SMTPAttempt: Sendable {
    private enum State {
        case connecting
        case connected(any Channel)
        case interrupted
    }

    /// Succeeds once; a second result is ignored (`EventLoopPromise`).
    let result: EventLoopPromise<DeliveryRecord>
    private let state = Mutex(State.connecting)

    init(result: EventLoopPromise<DeliveryRecord>) {
        self.result = result
    }

    var eventLoop: any EventLoop { result.futureResult.eventLoop }

    /// Takes note of the connection; false when nobody waits for it any more.
    func connected(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard case .connecting = state else { return false }
            state = .connected(channel)
            return true
        }
    }

    func finish(_ record: DeliveryRecord) {
        result.succeed(record)
    }

    /// Gives up, unless the server is just taking the mail.
    func interrupt() {
        let channel: (any Channel)? = state.withLock { state in
            if case .connected(let channel) = state { return channel }
            state = .interrupted
            return nil
        }
        if let channel {
            channel.triggerUserOutboundEvent(SMTPHandler.Interruption(), promise: nil)
        } else {
            finish(Self.interruption)
        }
    }

    func record() async -> DeliveryRecord {
        do {
            return try await result.futureResult.get()
        } catch {
            // The promise is only ever succeeded.
            return Self.interruption
        }
    }

    private static let interruption = DeliveryRecord(
        .failure(.interrupted), transcript: SMTPTranscript(hiding: []))
}
