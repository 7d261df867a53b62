import GateModel
import TestSupport
import TunnelSupervisor
import UpstreamSelection

/// A machine with a clock in hand, and probes that end as a test says.
struct Trace {
    let time = ManualTime()
    var machine: FailoverMachine
    var actions: [TunnelAction] = []

    static let wireGuard = UpstreamPath(
        name: .wireGuard, endpoint: Endpoint(scheme: .http, host: "10.0.0.2", port: 7860), interface: "wg0")
    static let relayed = UpstreamPath(
        name: .wireGuard, endpoint: Endpoint(scheme: .http, host: "127.0.0.1", port: 7861))
    static let rathole = UpstreamPath(
        name: .rathole, endpoint: Endpoint(scheme: .http, host: "127.0.0.1", port: 5202))

    init(
        _ paths: [UpstreamPath] = [Trace.wireGuard, Trace.rathole],
        failback: Failback = Failback(base: .seconds(30), longest: .seconds(600))
    ) {
        self.machine = FailoverMachine(paths: paths, failback: failback, at: time.now())
    }

    var now: Duration { time.now().sinceBoot }

    mutating func take(_ event: TunnelEvent) { actions += machine.take(event, at: time.now()) }

    mutating func light(_ outcome: LightOutcome, sentAgo: Duration = .zero) {
        take(.light(.wireGuard, outcome, sentAt: now - sentAgo))
    }

    mutating func full(_ name: UpstreamPath.Name, _ outcome: FullOutcome, sentAgo: Duration = .zero) {
        take(.full(name, outcome, sentAt: now - sentAgo))
    }

    /// Both paths are up and proven.
    mutating func settle() {
        full(.wireGuard, .ok)
        full(.rathole, .ok)
        light(.answered(after: .milliseconds(20)))
        time.advance(by: .milliseconds(100))
    }

    /// WireGuard is gone; traffic is on Rathole, which goes on answering.
    mutating func loseWireGuard() {
        for _ in 0..<10 {
            time.advance(by: .milliseconds(100))
            light(.lost, sentAgo: .milliseconds(90))
        }
        full(.rathole, .ok)
    }

    func state(_ name: UpstreamPath.Name) -> PathState? {
        machine.paths.first { $0.path.name == name }?.state
    }

    var current: UpstreamPath.Name { machine.paths[machine.current].path.name }

    var switches: [SwitchCause] { machine.switches.records.map(\.cause) }
}

extension FullOutcome {
    static let ok = FullOutcome.answered(status: 200, after: .milliseconds(18))
}
