import GateModel
import NIOCore
import UpstreamSelection

/// Sends every path's probes when they are due.
///
/// Everything happens on its event loop, and one timer is armed at a time: for the earliest probe.
final class ProbeLoop {
    /// However rare probes are, time is looked at so often.
    private static let longestSleep: Duration = .seconds(2)

    private let service: TunnelService
    private let loop: any EventLoop
    private let probers: [Prober]
    private var timer: (due: Duration, task: Scheduled<Void>)?
    private var isStopped = false

    init(_ service: TunnelService, on loop: any EventLoop) {
        self.service = service
        self.loop = loop
        let time = service.time
        let settings = service.settings
        let full = FullProbe(host: settings.host, target: settings.probePath, addTLS: service.addTLS)
        self.probers = settings.paths.map { path in
            Prober(path, on: loop, full: full, clock: { time.now().sinceBoot }) { service.take($0) }
        }
    }

    func stop() {
        isStopped = true
        timer?.task.cancel()
        probers.forEach { $0.stop() }
    }

    /// Sends what is due, and sleeps until the next probe.
    func wake() {
        guard !isStopped else { return }
        service.noteTraffic()
        let now = service.time.now().sinceBoot
        let machine = service.machineNow
        for (index, prober) in probers.enumerated() {
            let health = machine.paths[index]
            let timeout = ProbeThresholds.lightTimeout(smoothed: health.roundTrips.smoothed)
            if let due = lightDue(index, in: machine), due <= now { prober.sendLight(timeout: timeout) }
            guard fullDue(index, in: machine) <= now else { continue }
            prober.sendFull(deadline: machine.fullDeadline(of: index))
        }
        service.take(.tick)
        arm()
    }

    /// Arms the timer for the earliest probe, if it is not armed for then or earlier.
    func arm() {
        guard !isStopped else { return }
        let machine = service.machineNow
        let now = service.time.now().sinceBoot
        var due = now + Self.longestSleep
        for index in probers.indices {
            due = min(due, fullDue(index, in: machine), lightDue(index, in: machine) ?? due)
        }
        if let timer, timer.due > now, timer.due <= due { return }
        timer?.task.cancel()
        let bound = NIOLoopBound(self, eventLoop: loop)
        let task = loop.scheduleTask(in: TimeAmount(max(.zero, due - now))) { bound.value.wake() }
        timer = (due, task)
    }

    private func lightDue(_ index: Int, in machine: FailoverMachine) -> Duration? {
        let health = machine.paths[index]
        guard health.watch == .lightAndFull else { return nil }
        guard let last = probers[index].lastLight else { return .zero }
        return last + ProbePeriods.light(of: health, isQuiet: machine.isQuiet)
    }

    private func fullDue(_ index: Int, in machine: FailoverMachine) -> Duration {
        guard let last = probers[index].lastFull else { return .zero }
        return last + machine.fullPeriod(of: index)
    }
}

@available(*, unavailable)
extension ProbeLoop: Sendable {}
