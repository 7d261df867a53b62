package import Metrics
package import UpstreamSelection

/// What supervision counts and measures, for swift-metrics.
package struct TunnelMetrics: Sendable {
    private let states: [UpstreamPath.Name: [PathState: Meter]]
    private let active: [UpstreamPath.Name: Meter]
    private let switches: [SwitchCause: Counter]
    /// By path and kind of probe.
    private let roundTrips: [UpstreamPath.Name: (light: Timer, full: Timer)]
    private let probes: [UpstreamPath.Name: Counter]
    private let lost: [UpstreamPath.Name: Counter]
    private let handshakeAge: Meter

    package init(paths: [UpstreamPath.Name], factory: any MetricsFactory = MetricsSystem.factory) {
        func each<Cell>(_ make: ([(String, String)]) -> Cell) -> [UpstreamPath.Name: Cell] {
            Dictionary(
                paths.map { ($0, make([("path", $0.rawValue)])) }, uniquingKeysWith: { first, _ in first })
        }
        states = each { labels in
            Dictionary(
                uniqueKeysWithValues: PathState.allCases.map { state in
                    let labels = labels + [("state", state.rawValue)]
                    return (state, Meter(label: "runegate_path_state", dimensions: labels, factory: factory))
                })
        }
        active = each { Meter(label: "runegate_path_active", dimensions: $0, factory: factory) }
        roundTrips = each { labels in
            func timer(_ kind: String) -> Timer {
                Timer(
                    label: "runegate_probe_round_trip", dimensions: labels + [("kind", kind)],
                    factory: factory)
            }
            return (timer("light"), timer("full"))
        }
        probes = each { Counter(label: "runegate_probes_total", dimensions: $0, factory: factory) }
        lost = each { Counter(label: "runegate_probes_lost_total", dimensions: $0, factory: factory) }
        switches = Dictionary(
            uniqueKeysWithValues: SwitchCause.allCases.map { cause in
                let labels = [("cause", cause.rawValue)]
                return (
                    cause,
                    Counter(label: "runegate_path_switches_total", dimensions: labels, factory: factory)
                )
            })
        handshakeAge = Meter(label: "runegate_wireguard_handshake_age_seconds", factory: factory)
        handshakeAge.set(Double.nan)
    }

    /// Says in which state every path is, and which one carries traffic.
    func show(_ machine: FailoverMachine) {
        for (index, health) in machine.paths.enumerated() {
            active[health.path.name]?.set(index == machine.current ? 1 : 0)
            for (state, meter) in states[health.path.name] ?? [:] { meter.set(state == health.state ? 1 : 0) }
        }
    }

    func count(_ record: SwitchRecord) { switches[record.cause]?.increment() }

    /// Counts probes of a path that have ended, and how many of them were lost.
    func count(_ name: UpstreamPath.Name, sent: Int, lost: Int) {
        if sent > 0 { probes[name]?.increment(by: sent) }
        if lost > 0 { self.lost[name]?.increment(by: lost) }
    }

    func take(_ event: TunnelEvent) {
        switch event {
        case .light(let name, .answered(let time), _), .light(let name, .refused(let time), _):
            roundTrips[name]?.light.recordNanoseconds(time.wholeNanoseconds)
        case .full(let name, .answered(_, let time), _):
            roundTrips[name]?.full.recordNanoseconds(time.wholeNanoseconds)
        case .handshake(.age(let age), _): handshakeAge.set(age / .seconds(1))
        case .handshake: handshakeAge.set(Double.nan)
        default: break
        }
    }
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
