package import GateModel
package import UpstreamSelection

/// Decides which path carries traffic: an event and the time go in, actions come out.
///
/// It does no I/O and reads no clock.
package struct FailoverMachine: Sendable {
    /// The configured paths, the preferred one first: one or two.
    package internal(set) var paths: [PathHealth]
    /// The place in ``paths`` of the one that carries traffic.
    package internal(set) var current = 0
    package internal(set) var preference: Preference
    /// A try of the other path, while it lasts; it goes before the preference.
    package internal(set) var drill: Drill?
    package internal(set) var isQuiet = false
    package internal(set) var switches = SwitchLog()
    /// Why no request gets through; nil while a path may work.
    package internal(set) var outage: Outage?
    package let failback: Failback
    /// Since when traffic has been on the current path.
    package internal(set) var currentSince: Moment
    private var published: Routing?

    /// Begins with traffic on the preferred path, of which nothing is known yet; `paths` is not empty.
    ///
    /// A preference that names no configured path counts as `auto`.
    package init(
        paths: [UpstreamPath], failback: Failback, preference: Preference = .auto,
        switches: SwitchLog = SwitchLog(), at now: Moment
    ) {
        precondition(!paths.isEmpty, "there is always a way to the app")
        self.paths = paths.map { PathHealth($0, at: now) }
        self.failback = failback
        self.preference = paths.contains { $0.name == preference.path } ? preference : .auto
        self.switches = switches
        self.currentSince = now
        self.current = preferred
    }

    /// Takes an event that was observed at `now`.
    package mutating func take(_ event: TunnelEvent, at now: Moment) -> [TunnelAction] {
        let before = paths.map(\.state)
        let cause = apply(event, at: now)
        compareSilence()
        noteAppBehindOtherPath(at: now)
        let record = choose(onCommand: cause, at: now)
        var actions: [TunnelAction] = []
        for (state, health) in zip(before, paths) where state != health.state {
            actions.append(
                .changed(
                    PathChange(
                        path: health.path.name, from: state, to: health.state, cause: health.cause, at: now)))
        }
        if let record { actions.append(.switched(record)) }
        noteOutage(at: now)
        for index in paths.indices { paths[index].prolongProof(period: fullPeriod(of: index), at: now) }
        let routing = routing(at: now.sinceBoot)
        if routing != published {
            published = routing
            actions.append(.publish(routing))
        }
        return actions
    }

    /// The place of the path that traffic should be on while it works.
    package var preferred: Int {
        let wanted = drill?.target ?? preference.path
        return paths.firstIndex { $0.path.name == wanted } ?? 0
    }

    /// The place of the path beside the one at `index`, if there is one.
    package func other(than index: Int) -> Int? { paths.indices.first { $0 != index } }

    /// How often the path at `index` is probed.
    package func fullPeriod(of index: Int) -> Duration {
        let isBesideDead = other(than: index).map { !paths[$0].state.isUsable } ?? true
        let period = ProbePeriods.full(
            of: paths[index], isWanted: index == current || isBesideDead, canBeLeft: canBeLeft(index),
            isQuiet: isQuiet)
        guard let other = other(than: index), paths[other].needsComparison else { return period }
        return min(period, ProbePeriods.comparison(with: paths[other], isQuiet: isQuiet))
    }

    /// How long a full probe of the path at `index` may take.
    package func fullDeadline(of index: Int) -> Duration {
        let smoothed = paths[index].roundTrips.smoothed
        return switch paths[index].watch {
        case .lightAndFull: ProbeThresholds.patientDeadline(smoothed: smoothed)
        case .fullOften: ProbeThresholds.lightTimeout(smoothed: smoothed)
        case .fullOnly where canBeLeft(index) && !isQuiet:
            ProbeThresholds.hurriedDeadline(smoothed: smoothed)
        case .fullOnly: ProbeThresholds.fullDeadline
        }
    }

    /// Whether traffic is on the path at `index` and could go on over the other one.
    private func canBeLeft(_ index: Int) -> Bool {
        index == current && (other(than: index).map { paths[$0].state.isUsable } ?? false)
    }

    // MARK: Events

    /// Brings the paths up to date; returns the cause of a switch that was asked for.
    private mutating func apply(_ event: TunnelEvent, at now: Moment) -> SwitchCause? {
        switch event {
        case .light(let name, let outcome, let sentAt):
            guard let index = index(of: name) else { return nil }
            let period = ProbePeriods.light(of: paths[index], isQuiet: isQuiet)
            paths[index].take(
                outcome, sentAt: sentAt, period: period, return: returnRule(of: index, at: now), at: now)
        case .full(let name, let outcome, let sentAt):
            guard let index = index(of: name) else { return nil }
            paths[index].take(
                outcome, sentAt: sentAt, period: fullPeriod(of: index),
                return: returnRule(of: index, at: now), at: now)
            // Its state is another now, and with it the period.
            if outcome.hasBytes { paths[index].prove(period: fullPeriod(of: index), at: now) }
        case .handshake(let fact, let details):
            // Without an interface of its own the path is not the one that the data is about.
            if let index = index(of: .wireGuard), paths[index].watch == .lightAndFull {
                paths[index].take(fact, details, at: now)
            }
        case .trafficFailed(let name):
            if let index = index(of: name) { paths[index].trafficFailed(at: now) }
        case .byteSeen(let name):
            if let index = index(of: name) { paths[index].byteSeen(at: now) }
        case .activity(let isQuiet):
            self.isQuiet = isQuiet
        case .prefer(let preference):
            self.preference = preference
            return .operatorCommand
        case .beginDrill(let target, let endsBy):
            drill = Drill(target: target, endsBy: endsBy)
            return .drill
        case .endDrill:
            return endDrill()
        case .tick:
            for index in paths.indices { paths[index].tick(return: returnRule(of: index, at: now), at: now) }
            if let drill, now.sinceBoot >= drill.endsBy { return endDrill() }
        }
        return nil
    }

    private mutating func endDrill() -> SwitchCause? {
        guard drill != nil else { return nil }
        drill = nil
        return .drill
    }

    private func index(of name: UpstreamPath.Name) -> Int? {
        paths.firstIndex { $0.path.name == name }
    }
}
