import NIOCore

/// Does something when an outcome has not come in time; see ``Patience``.
///
/// Everything happens on its event loop.
final class PatientTimer {
    private let loop: any EventLoop
    private let clock: () -> Duration
    private let action: () -> Void
    private var patience: Patience
    private var task: Scheduled<Void>?

    /// Starts; `action` is called once, unless it is cancelled before.
    init(
        _ wait: Duration, on loop: any EventLoop, clock: @escaping () -> Duration,
        action: @escaping () -> Void
    ) {
        self.loop = loop
        self.clock = clock
        self.action = action
        patience = Patience(wait, from: clock())
        arm(in: wait)
    }

    func cancel() { task?.cancel() }

    private func arm(in wait: Duration) {
        let bound = NIOLoopBound(self, eventLoop: loop)
        task = loop.scheduleTask(in: TimeAmount(wait)) { bound.value.look() }
    }

    private func look() {
        let now = clock()
        if patience.isOver(at: now) { action() } else { arm(in: patience.due - now) }
    }
}

@available(*, unavailable)
extension PatientTimer: Sendable {}
