package import GateModel
import UpstreamSelection

// What will make traffic move next.

extension FailoverMachine {
    /// The rule for the next switch and how far along it is, as one sentence.
    package func nextSwitch(at now: Moment) -> String {
        if let drill, let home = other(than: current) {
            let left = Span.words(max(0, (drill.endsBy - now.sinceBoot).components.seconds))
            return
                "returns to \(paths[home].path.name.rawValue) when the drill ends, in \(left) at the latest"
        }
        let rule = current == preferred ? leaving(at: now) : returning(at: now)
        guard preference != .auto else { return rule }
        return "\(rule) (held by `runegate tunnels prefer \(preference.rawValue)`)"
    }

    private func leaving(at now: Moment) -> String {
        let health = paths[current]
        let name = health.path.name.rawValue
        guard let next = other(than: current) else { return "stays on \(name): no other path is configured" }
        let beside = paths[next]
        let besideName = beside.path.name.rawValue
        switch (health.state, beside.state) {
        case (.down, _): return "moves to the first path that answers"
        case (_, .down):
            return "stays on \(name): \(besideName) is down, \(beside.cause?.words ?? "cause unknown")"
        default:
            let wait = ProbeThresholds.downAfter(smoothed: health.roundTrips.smoothed).wholeMilliseconds
            return health.watch == .fullOnly
                ? "moves to \(besideName) after \(ProbeThresholds.ratholeFall) failed probes in a row"
                : "moves to \(besideName) when \(name) is silent for \(wait)ms"
        }
    }

    private func returning(at now: Moment) -> String {
        let target = paths[preferred]
        let name = target.path.name.rawValue
        switch target.state {
        case .up: return "returns to \(name) at once"
        case .unknown, .suspect: return "returns to \(name) once it answers steadily"
        case .probation:
            let left = target.probation?.remaining(at: now.sinceBoot) ?? .zero
            return "returns to \(name) in \(Span.words(left.components.seconds)) if it stays good"
        case .down:
            let rule = returnRule(of: preferred, at: now)
            let wait = Span.words(rule.stableFor.components.seconds)
            let stable = rule.stableFor > .zero ? " and \(wait) without trouble" : ""
            let count = "\(min(target.goodInARow, rule.answers))/\(rule.answers)"
            let veto =
                rule.hasVeto && !target.isReturnAllowed(at: now) ? "; WireGuard has no fresh handshake" : ""
            let probes = rule.answers == 1 ? "a good probe" : "\(rule.answers) good probes (\(count))"
            return "returns to \(name) after \(probes)\(stable)\(veto)"
        }
    }
}
