package import GateModel

/// What a source of samples tells.
package enum WireGuardReading: Equatable, Sendable {
    case sample(WireGuardSample)
    /// Nothing is known now, and why; never to be taken for "down".
    case unknown(Fault)
}

/// Where samples come from: this process, or the reader process.
package protocol SampleSource: Sendable {
    /// Readings, one a second and one at once when the link changes, until the task that iterates is cancelled.
    ///
    /// Who is slow gets the newest ones.
    func readings() -> AsyncStream<WireGuardReading>
}

extension SampleSource {
    /// A stream that a thread of its own fills until nobody iterates any more.
    ///
    /// - Parameter work: Returns when the signal is raised.
    /// - Returns: The stream; it ends when `work` returns.
    func stream(
        _ work: @escaping @Sendable (WakeSignal, AsyncStream<WireGuardReading>.Continuation) -> Void
    ) -> AsyncStream<WireGuardReading> {
        AsyncStream(bufferingPolicy: .bufferingNewest(8)) { continuation in
            let stop = WakeSignal()
            continuation.onTermination = { _ in stop.raise() }
            let hasStarted = BlockingThread.start {
                work(stop, continuation)
                continuation.finish()
            }
            guard !hasStarted else { return }
            continuation.yield(
                .unknown(
                    Fault(
                        code: "wireguard-no-thread",
                        problem: "The system has no thread to read WireGuard with",
                        remedy: "Raise TasksMax= of the unit, or see who has all the threads.")))
            continuation.finish()
        }
    }
}
