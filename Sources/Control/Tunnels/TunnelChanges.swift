internal import GateModel
package import TunnelSupervisor

/// What `runegate tunnels --watch` writes where no person looks: a line for each change.
package struct TunnelChanges {
    private var last: TunnelReport?

    package init() {}

    /// The lines for what is different from the report before; all of a first one.
    package mutating func lines(_ report: TunnelReport, at unixSeconds: Int64) -> [String] {
        defer { last = report }
        let time = LocalTime(unixSeconds: unixSeconds).clock
        let known = last?.switches ?? report.switches
        let switches = report.switches.reversed().filter { one in
            !known.contains { $0.unixSeconds == one.unixSeconds && $0.to == one.to && $0.cause == one.cause }
        }.map { one in
            "\(LocalTime(unixSeconds: one.unixSeconds).clock) switched from \(one.from) to \(one.to)"
                + "\(SimulatedMark.words(one.isSimulated)): \(one.cause.rawValue), gap \(one.gapWords)"
        }
        guard last.map(Substance.init) != Substance(report) else { return switches }
        let states = report.paths.map { "\($0.name)\(SimulatedMark.words($0.isSimulated)) \($0.stateWords)" }
        return switches
            + ["\(time) \(TunnelListing.headline(report)) [\(states.joined(separator: ", "))]"]
    }

    /// What makes a report another one: everything but times and figures.
    private struct Substance: Equatable {
        let verdict: TunnelVerdict
        let states: [String]
        let active: [Bool]
        let preference: Preference
        let drill: String?

        init(_ report: TunnelReport) {
            verdict = report.verdict
            states = report.paths.map(\.stateWords)
            active = report.paths.map(\.isActive)
            preference = report.preference
            drill = report.drill?.target
        }
    }
}
