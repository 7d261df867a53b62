package import GateModel
import UpstreamSelection

// `runegate tunnels why`: the reasons, one a line.

extension FailoverMachine {
    /// Why traffic is where it is, what each path shows, and what would change it.
    package func why(at now: Moment) -> [String] {
        var lines = [whyHere(at: now)]
        lines += paths.map { health in
            let span = Span.words((now.sinceBoot - health.since.sinceBoot).components.seconds)
            let cause = health.cause.map { ": \($0.words)" } ?? ""
            let evidence = health.evidence(at: now.sinceBoot)
            return
                "\(health.path.title) has been \(health.state.rawValue) for \(span)\(cause) (\(evidence))."
        }
        if let damping = damping(at: now) { lines.append(damping) }
        lines.append("Next: traffic \(nextSwitch(at: now)).")
        return lines
    }

    private func whyHere(at now: Moment) -> String {
        let name = paths[current].path.title
        let ago = Span.words((now.sinceBoot - currentSince.sinceBoot).components.seconds)
        // An earlier run's switches are remembered, and did not bring this one here.
        guard let last = switches.records.last, last.at == currentSince else {
            return "Traffic is on \(name) since the start, \(ago) ago: \(reasonAtStart)."
        }
        let subject = last.cause == .recovered ? last.to : last.from
        return last.cause.isDeliberate
            ? "Traffic is on \(name) since \(ago): \(last.cause.words)."
            : "Traffic is on \(name) since \(ago). The cause was \(last.cause.rawValue) of \(subject.rawValue): "
                + "\(last.cause.words)."
    }

    /// What decided at the start; the preference may have become another since.
    private var reasonAtStart: String {
        let name = paths[current].path.name
        if preference.path == name { return "`runegate tunnels prefer \(preference.rawValue)` said so" }
        return current == 0 ? "it is the first configured path" : "it was the preferred path then"
    }

    /// How often the preferred path was left lately, when that prolongs the wait.
    private func damping(at now: Moment) -> String? {
        let name = paths[preferred].path.name
        let departures = switches.departures(from: name, at: now.sinceBoot)
        guard departures > 1 else { return nil }
        let wait = Span.words(stableFor(preferred, at: now.sinceBoot).components.seconds)
        return
            "\(name.rawValue) was left \(departures) times in 15 minutes, so it has to be good for \(wait)."
    }
}

extension UpstreamPath {
    /// Its name, marked when it is a relay inside this program.
    fileprivate var title: String { isSimulated ? "\(name.rawValue) (simulated)" : name.rawValue }
}
