import GateModel
import UpstreamSelection

// Which path carries traffic, and what has to happen before it returns.

extension FailoverMachine {
    /// Moves traffic if it has to move.
    ///
    /// It leaves a path that is down for any that is not, and a living one only for the preferred path once
    /// that is up. On somebody's command the preferred path need not end its probation.
    mutating func choose(onCommand cause: SwitchCause?, at now: Moment) -> SwitchRecord? {
        let health = paths[current]
        if health.state == .down, health.silentSince == nil {
            // Whatever was being tried, this is no try any more.
            drill = nil
            guard let next = other(than: current), paths[next].state != .down else { return nil }
            let gap = now.sinceBoot - (health.lastReply ?? health.since.sinceBoot)
            return move(to: next, cause: health.cause ?? .probesLost, gap: gap, at: now)
        }
        guard current != preferred else { return nil }
        let state = paths[preferred].state
        guard cause == nil ? state == .up : state.isUsable else { return nil }
        if state == .probation { paths[preferred].enter(.up, at: now) }
        return move(to: preferred, cause: cause ?? .recovered, gap: .zero, at: now)
    }

    private mutating func move(
        to next: Int, cause: SwitchCause, gap: Duration, at now: Moment
    ) -> SwitchRecord {
        let record = SwitchRecord(
            at: now, from: paths[current].path.name, to: paths[next].path.name, cause: cause, gap: gap)
        current = next
        currentSince = now
        switches.add(record)
        return record
    }

    /// Takes the current path down when the app answers over the other one only.
    ///
    /// The failures here must all be younger than the other's first answer: when an app comes back, either
    /// path may be the first to notice.
    mutating func noteAppBehindOtherPath(at now: Moment) {
        guard paths[current].state != .down, let missingSince = paths[current].appMissingSince,
            let next = other(than: current), paths[next].state.isUsable,
            let answeringSince = paths[next].answeringSince, missingSince > answeringSince
        else { return }
        paths[current].enter(.down, cause: .appUnreachable, at: now)
    }

    /// Tells a path that is silent from an app that is.
    ///
    /// Where full probes decide, both look the same, unless the app answers over the other path: then the silence
    /// is this one's. It must have lasted beyond the beginning of those answers: when an app comes back, either
    /// path may be the first to notice.
    mutating func compareSilence() {
        for index in paths.indices {
            guard let silentSince = paths[index].silentSince, let failure = paths[index].newestFailure,
                let other = other(than: index), let answer = paths[other].newestAppAnswer,
                let answeringSince = paths[other].answeringSince
            else { continue }
            if answer > silentSince, failure > answeringSince { paths[index].silentSince = nil }
        }
    }

    /// How long the path at `index` has to be stable before traffic returns to it.
    package func stableFor(_ index: Int, at now: Duration) -> Duration {
        guard index == preferred else { return .zero }
        return failback.stableFor(departures: switches.departures(from: paths[index].path.name, at: now))
    }

    func returnRule(of index: Int, at now: Moment) -> ReturnRule {
        guard let beside = other(than: index), paths[beside].state.isUsable else { return .atOnce }
        return ReturnRule(
            answers: ProbeThresholds.returnAnswers,
            // Traffic that never left need not wait.
            stableFor: index == current ? .zero : stableFor(index, at: now.sinceBoot),
            needsAppAnswer: paths[beside].answeringSince != nil, hasVeto: true)
    }

    /// What the users of paths are told.
    func routing(at now: Duration) -> Routing {
        let alternative = other(than: current).flatMap { isWorthRacing($0, at: now) ? paths[$0].path : nil }
        return Routing(
            current: paths[current].path, alternative: alternative,
            raceAfter: ProbeThresholds.raceAfter(smoothed: paths[current].roundTrips.smoothed),
            dead: Set(paths.filter(\.isDead).map(\.path.name)),
            lost: Set(paths.indices.filter { isLost($0, at: now) }.map { paths[$0].path.name }),
            doubtful: Set(paths.filter { $0.state == .suspect }.map(\.path.name)), outage: outage)
    }

    /// Whether nothing that runs on the path at `index` is to go on.
    ///
    /// When the line is interrupted that both tunnels share, there is nowhere to go: transfers outlive a short outage, as
    /// they would without us.
    private func isLost(_ index: Int, at now: Duration) -> Bool {
        let answer = other(than: index).flatMap { paths[$0].newestAppAnswer }
        return paths[index].isLost && !paths[index].mayResume(answer, at: now)
    }

    /// Whether a connect may be raced on the path at `index`.
    ///
    /// Rathole's port accepts with nobody behind it, so it must have been proven just now. WireGuard's
    /// accepts only when the far side did; without interface or endpoint it cannot.
    private func isWorthRacing(_ index: Int, at now: Duration) -> Bool {
        let health = paths[index]
        return switch health.watch {
        case .fullOnly, .fullOften: health.isProven(at: now)
        case .lightAndFull: health.handshake?.fact(at: now).instantCause == nil
        }
    }
}
