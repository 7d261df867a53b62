package import GateModel
package import Logging
package import NIOCore
import Synchronization
package import UpstreamSelection

/// Watches the paths and tells the board which one carries traffic.
///
/// Probes run on one event loop while ``run()`` does; the machine is fed from any thread. What it says is
/// published in the order in which it was said.
package final class TunnelService: Sendable {
    /// Puts TLS into the pipeline of a probe's connection to an `https` target of that host.
    package typealias AddTLS = @Sendable (_ channel: any Channel, _ host: String) throws -> Void

    let settings: TunnelSettings
    let time: any TimeSource
    let addTLS: AddTLS?
    private let board: SelectionBoard
    private let loop: any EventLoop
    private let logger: Logger
    private let observe: @Sendable (TunnelAction) -> Void
    private let machine: Mutex<FailoverMachine>
    private let traffic: TrafficWatch
    private let probes: NIOLoopBoundBox<ProbeLoop?>
    private let isQuiet = Atomic(false)

    /// Makes a supervisor that does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - settings: What is watched and how.
    ///   - board: Where decisions are published.
    ///   - loop: Where probes are sent; best one that carries no visitors.
    ///   - time: The clock.
    ///   - addTLS: Puts TLS into a probe's connection to an `https` target.
    ///   - logger: Gets a line a change.
    ///   - observe: Hears of every change, for metrics and history; called on the event loop or a caller's thread.
    package init(
        _ settings: TunnelSettings, board: SelectionBoard, loop: any EventLoop,
        time: any TimeSource = SystemTime(), addTLS: AddTLS? = nil,
        logger: Logger = Logger(label: "tunnels"),
        observe: @escaping @Sendable (TunnelAction) -> Void = { _ in }
    ) {
        let now = time.now()
        self.settings = settings
        self.board = board
        self.loop = loop
        self.time = time
        self.addTLS = addTLS
        self.logger = logger
        self.observe = observe
        self.machine = Mutex(FailoverMachine(paths: settings.paths, failback: settings.failback, at: now))
        self.traffic = TrafficWatch(at: now.sinceBoot)
        self.probes = .makeEmptyBox(valueType: ProbeLoop.self, eventLoop: loop)
    }

    /// Probes until the task is cancelled; traffic then stays where it is.
    package func run() async {
        board.onObservation { [self] in noteObservation($0) }
        loop.execute { [self] in
            let probeLoop = ProbeLoop(self, on: loop)
            probes.value = probeLoop
            probeLoop.wake()
        }
        // Nothing is ever sent; waiting ends with the task.
        let (never, sender) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        sender.finish()
        board.onObservation { _ in }
        try? await loop.submit { [self] in
            probes.value?.stop()
            probes.value = nil
        }.get()
    }

    // MARK: For the control socket

    /// What `runegate tunnels` says.
    package var report: TunnelReport { machineNow.report(at: time.now()) }

    /// What `runegate tunnels why` says, one line each.
    package var why: [String] { machineNow.why(at: time.now()) }

    /// The switches of the recent past, the oldest first.
    package var switches: [SwitchRecord] { machineNow.switches.records }

    /// `runegate tunnels prefer`: traffic moves at once if it can.
    package func prefer(_ preference: Preference) { take(.prefer(preference, cause: .operatorCommand)) }

    /// Moves traffic to the other path for a try.
    ///
    /// - Returns: The preference to give back with ``endDrill(to:)``.
    /// - Throws: A `Fault` when the other path is not proven, or there is none.
    package func beginDrill() throws(Fault) -> Preference {
        let now = time.now()
        let (result, before) = machine.withLock { ($0.drillTarget(at: now), $0.preference) }
        take(.prefer(try result.get(), cause: .drill))
        return before
    }

    /// Moves traffic back after a try.
    package func endDrill(to preference: Preference) { take(.prefer(preference, cause: .drill)) }

    /// Takes what WireGuard's reader says; `.unknown` when it is lost.
    package func noteHandshake(_ fact: HandshakeFact, _ details: WireGuardDetails = WireGuardDetails()) {
        take(.handshake(fact, details))
    }

    // MARK: Events

    var machineNow: FailoverMachine { machine.withLock { $0 } }

    /// Feeds the machine and does what it says.
    func take(_ event: TunnelEvent) {
        let now = time.now()
        let actions = machine.withLock { machine in
            let actions = machine.take(event, at: now)
            // Under the lock, so that two threads cannot publish in the wrong order; it is memory only.
            for case .publish(let routing) in actions { board.publish(Selection(routing)) }
            return actions
        }
        guard !actions.isEmpty || event.isAnswer else { return }
        for action in actions {
            log(action)
            observe(action)
        }
        loop.execute { [self] in probes.value?.arm() }
    }

    /// Called on the gateway's event loops.
    private func noteObservation(_ observation: PassiveObservation) {
        switch observation {
        case .requestBegan: break
        case .byteSeen(let path): traffic.noteAnswer(over: path)
        case .connectFailed(let path), .firstByteLate(let path): take(.trafficFailed(path))
        }
        traffic.noteActivity(at: time.now().sinceBoot)
        if isQuiet.load(ordering: .relaxed) { loop.execute { [self] in probes.value?.wake() } }
    }

    /// Tells the machine what live traffic has shown since the last time.
    func noteTraffic() {
        if traffic.takeRatholeAnswer() { take(.byteSeen(.rathole)) }
        let quiet = traffic.isQuiet(at: time.now().sinceBoot)
        guard isQuiet.exchange(quiet, ordering: .relaxed) != quiet else { return }
        take(.activity(isQuiet: quiet))
    }

    private func log(_ action: TunnelAction) {
        switch action {
        case .publish: break
        case .changed(let change):
            logger.info(
                "path changed",
                metadata: [
                    "path": "\(change.path.rawValue)", "from": "\(change.from.rawValue)",
                    "to": "\(change.to.rawValue)", "cause": "\(change.cause?.rawValue ?? "-")",
                ])
        case .switched(let record):
            logger.notice(
                "traffic switched",
                metadata: [
                    "from": "\(record.from.rawValue)", "to": "\(record.to.rawValue)",
                    "cause": "\(record.cause.rawValue)", "gap_ms": "\(record.gap.wholeMilliseconds)",
                ])
        }
    }
}

extension TunnelEvent {
    /// Whether it may have changed how often probes are due without any action.
    fileprivate var isAnswer: Bool {
        switch self {
        case .light, .full: true
        case .handshake, .trafficFailed, .byteSeen, .activity, .prefer, .tick: false
        }
    }
}

extension Selection {
    init(_ routing: Routing) {
        self.init(
            current: routing.current, alternative: routing.alternative, raceAfter: routing.raceAfter,
            dead: routing.dead, doubtful: routing.doubtful, outage: routing.outage)
    }
}
