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
    private let metrics: TunnelMetrics
    private let machine: Mutex<FailoverMachine>
    private let history: Mutex<HistoryRecorder>
    /// Why nobody is served, as far as the log has been told.
    private let knownTrouble = Mutex<TunnelVerdict?>(nil)
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
    ///   - observe: Hears of every change; called on the event loop or a caller's thread.
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
        let machine = FailoverMachine(
            paths: settings.paths, failback: settings.failback, preference: settings.remembered.preference,
            switches: SwitchLog(settings.remembered.switches), at: now)
        let active = machine.paths[machine.current].path.name
        self.metrics = TunnelMetrics(paths: settings.paths.map(\.name))
        metrics.show(machine)
        self.machine = Mutex(machine)
        self.history = Mutex(HistoryRecorder(paths: settings.paths, active: active, at: now))
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
    package var report: TunnelReport {
        var report = machineNow.report(at: time.now())
        let history = history.withLock { $0 }
        for index in report.paths.indices {
            let counts = history.counts(of: UpstreamPath.Name(rawValue: report.paths[index].name))
            report.paths[index].probesSent = counts.sent
            report.paths[index].probesLost = counts.lost
        }
        return report
    }

    /// Whether requests reach the app now, as far as probes can tell.
    package var isAppReached: Bool { machineNow.isAppReached }

    /// What `runegate tunnels why` says, one line each.
    package var why: [String] { machineNow.why(at: time.now()) }

    /// The path that carries traffic.
    package var activePath: UpstreamPath.Name { machine.withLock { $0.paths[$0.current].path.name } }

    /// The switches of the recent past, the oldest first.
    package var switches: [SwitchRecord] { machineNow.switches.records }

    /// `runegate tunnels prefer`: traffic moves at once if it can.
    ///
    /// - Throws: A `Fault` when no such path is configured.
    package func prefer(_ preference: Preference) throws(Fault) {
        guard preference == .auto || settings.paths.contains(where: { $0.name == preference.path }) else {
            throw Fault(
                code: "path-not-configured", problem: "\(preference.rawValue) is not configured",
                remedy: "Set RUNEGATE_\(preference.rawValue.uppercased())_TARGET and restart.")
        }
        take(.prefer(preference))
    }

    /// Moves traffic to the other path for a try; it goes back by itself after `limit`.
    ///
    /// - Returns: Where traffic was and where it is now.
    /// - Throws: A `Fault` when the other path is not proven, there is none, or a try is under way.
    package func beginDrill(atMost limit: Duration) throws(Fault) -> (
        from: UpstreamPath.Name, to: UpstreamPath.Name
    ) {
        let result: Result<(from: UpstreamPath.Name, to: UpstreamPath.Name), Fault> = feed { machine, now in
            let from = machine.paths[machine.current].path.name
            switch machine.drillTarget(at: now) {
            case .failure(let fault): return (.failure(fault), [])
            case .success(let to):
                let actions = machine.take(.beginDrill(to, endsBy: now.sinceBoot + limit), at: now)
                return (.success((from, to)), actions)
            }
        }
        armProbes()
        return try result.get()
    }

    /// Moves traffic back after a try, if it has not gone back by itself.
    package func endDrill() { take(.endDrill) }

    /// Says what a switch did to streams, once that is known.
    package func noteStreams(_ streams: SwitchedStreams, of record: SwitchRecord) {
        machine.withLock { $0.switches.noteStreams(streams, of: record) }
    }

    /// Ends a span of history; nothing of one shorter than a second.
    package func endHistorySpan() -> [PathSample] { history.withLock { $0.endSpan(at: time.now()) } }

    /// The span of history that is under way, as if it ended now.
    package var historySpan: [PathSample] {
        var copy = history.withLock { $0 }
        return copy.endSpan(at: time.now())
    }

    /// Takes what WireGuard's reader says; `.unknown` when it is lost.
    package func noteHandshake(_ fact: HandshakeFact, _ details: WireGuardDetails = WireGuardDetails()) {
        take(.handshake(fact, details))
    }

    // MARK: Events

    var machineNow: FailoverMachine { machine.withLock { $0 } }

    /// Feeds the machine and does what it says.
    func take(_ event: TunnelEvent) {
        count(event)
        let needsNothing = feed { machine, now in
            let actions = machine.take(event, at: now)
            return (actions.isEmpty && !event.isAnswer, actions)
        }
        if !needsNothing { armProbes() }
    }

    /// How often probes are due may have changed.
    private func armProbes() { loop.execute { [self] in probes.value?.arm() } }

    /// Has the machine changed by `change` and does what it says.
    private func feed<Answer>(
        _ change: (inout FailoverMachine, Moment) -> (Answer, [TunnelAction])
    ) -> Answer {
        let now = time.now()
        let (answer, actions, news) = machine.withLock { machine in
            let (answer, actions) = change(&machine, now)
            // Under the lock, so that two threads cannot tell it in the wrong order; it is memory only.
            for action in actions {
                switch action {
                case .publish(let routing): board.publish(Selection(routing))
                case .switched(let record): history.withLock { $0.switched(to: record.to, at: record.at) }
                case .changed: break
                }
            }
            if !actions.isEmpty { metrics.show(machine) }
            let trouble = machine.verdict(at: now).trouble
            let isNews = knownTrouble.withLock { known in
                defer { known = trouble }
                return known != trouble
            }
            return (answer, actions, isNews ? machine.report(at: now) : nil)
        }
        for action in actions {
            log(action)
            if case .switched(let record) = action { metrics.count(record) }
            observe(action)
        }
        if let news { log(news) }
        return answer
    }

    /// Counts what a probe says, for metrics and history.
    private func count(_ event: TunnelEvent) {
        metrics.take(event)
        let name = event.probed
        let (sent, lost) = history.withLock { history in
            let before = history.counts(of: name)
            history.take(event, at: time.now())
            let after = history.counts(of: name)
            return (after.sent - before.sent, after.lost - before.lost)
        }
        if let name { metrics.count(name, sent: sent, lost: lost) }
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
        for path in traffic.takeAnswers() { take(.byteSeen(path)) }
        let quiet = traffic.isQuiet(at: time.now().sinceBoot)
        guard isQuiet.exchange(quiet, ordering: .relaxed) != quiet else { return }
        take(.activity(isQuiet: quiet))
    }

    /// Tells that nobody is served, or somebody again, in the words of `runegate tunnels`.
    private func log(_ report: TunnelReport) {
        logger.log(
            level: report.verdict.trouble == nil ? .notice : .warning, "status changed",
            metadata: [
                "verdict": "\(report.verdict.rawValue)", "summary": "\(report.summary)",
                "problems": "\(report.problems.map(\.code).joined(separator: " "))",
            ])
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

extension TunnelVerdict {
    /// Itself when nobody is served; else nil.
    ///
    /// Between the others it changes with every lost packet.
    fileprivate var trouble: TunnelVerdict? {
        switch self {
        case .ok, .degraded: nil
        case .down, .appDown, .notJoined: self
        }
    }
}

extension TunnelEvent {
    /// The path whose probe it tells of.
    fileprivate var probed: UpstreamPath.Name? {
        switch self {
        case .light(let name, _, _), .full(let name, _, _): name
        default: nil
        }
    }

    /// Whether it may have changed how often probes are due without any action.
    fileprivate var isAnswer: Bool {
        switch self {
        case .light, .full: true
        case .handshake, .trafficFailed, .byteSeen, .activity, .prefer, .beginDrill, .endDrill, .tick: false
        }
    }
}

extension Selection {
    init(_ routing: Routing) {
        self.init(
            current: routing.current, alternative: routing.alternative, raceAfter: routing.raceAfter,
            dead: routing.dead, lost: routing.lost, doubtful: routing.doubtful, outage: routing.outage)
    }
}
