package import GateModel

// How outcomes of probes move a path from state to state.

extension PathHealth {
    /// Takes what came of a light probe that was sent at `sentAt`.
    mutating func take(
        _ outcome: LightOutcome, sentAt: Duration, period: Duration, return rule: ReturnRule, at now: Moment
    ) {
        switch outcome {
        case .answered(let time), .refused(let time):
            roundTrips.add(time)
            answered(sentAt: sentAt, isLight: true, at: now)
        case .lost:
            lost(sentAt: sentAt, period: period, at: now)
        case .unreachable:
            enter(.down, cause: .unreachable, at: now)
        }
        pass(rule, at: now)
    }

    /// Takes what came of a full probe that was sent at `sentAt`.
    mutating func take(
        _ outcome: FullOutcome, sentAt: Duration, period: Duration, return rule: ReturnRule, at now: Moment
    ) {
        lastFull = FullProbeReport(outcome: outcome, sentAt: sentAt, endedAt: now.sinceBoot)
        closesInARow = outcome == .closed ? closesInARow + 1 : 0
        if outcome.hasBytes {
            failures = []
            answeringSince = answeringSince ?? sentAt
            newestAppAnswer = sentAt
        } else {
            newestFailure = sentAt
            failures = (failures + [sentAt]).suffix(ProbeThresholds.appSilence)
            answeringSince = nil
            provenUntil = provenUntil.map { min($0, now.sinceBoot + period) }
        }
        if case .unreachable = outcome {
            enter(.down, cause: .unreachable, at: now)
        } else if watch == .fullOnly {
            takeAlone(outcome, sentAt: sentAt, at: now)
        } else {
            takeBesideLight(outcome, sentAt: sentAt, period: period, at: now)
        }
        weigh(outcome, return: rule, at: now)
        pass(rule, at: now)
    }

    /// An answered full probe is proof for the two periods that follow it.
    mutating func prove(period: Duration, at now: Moment) {
        provenAt = now.sinceBoot
        provenUntil = Self.proofEnd(of: now.sinceBoot, period: period)
    }

    /// Lets a proof without a failure since last as long as probes are rare by now: the next one may be due later
    /// than it was when the last one was answered.
    mutating func prolongProof(period: Duration, at now: Moment) {
        guard let provenAt, let provenUntil, now.sinceBoot < provenUntil, failures.isEmpty else { return }
        self.provenUntil = max(provenUntil, Self.proofEnd(of: provenAt, period: period))
    }

    private static func proofEnd(of provenAt: Duration, period: Duration) -> Duration {
        provenAt + period * 2 + ProbeThresholds.fullDeadline
    }

    /// Goes down once nothing has been heard for long enough, and up once the probation is over.
    mutating func tick(return rule: ReturnRule, at now: Moment) {
        checkSilence(at: now)
        pass(rule, at: now)
    }

    /// Live traffic met trouble here: reason to look closely, none to believe it.
    mutating func trafficFailed(at now: Moment) {
        if state == .up { enter(.suspect, at: now) }
    }

    /// Live traffic got an answer here: full probes that heard nothing were lost on their way.
    ///
    /// Where light probes decide it says nothing of the path: after a cut one way, answers under way still arrive.
    /// Nor does it speak against a refusal: an app that ends accepts nobody, and still answers whom it has.
    mutating func byteSeen(at now: Moment) {
        if watch == .fullOnly || lastFull?.outcome.isSilence ?? false { failures = [] }
        guard watch == .fullOnly else { return }
        if state == .suspect { enter(.up, at: now) }
    }

    /// Takes a sample of WireGuard's data.
    mutating func take(_ fact: HandshakeFact, _ details: WireGuardDetails, at now: Moment) {
        handshake = HandshakeReport(fact: fact, details: details, takenAt: now.sinceBoot)
        if let cause = fact.instantCause { enter(.down, cause: cause, at: now) }
    }

    // MARK: Single outcomes

    private mutating func takeAlone(_ outcome: FullOutcome, sentAt: Duration, at now: Moment) {
        if case .answered(_, let time) = outcome { roundTrips.add(time) }
        if outcome.hasBytes {
            lastReply = now.sinceBoot
            if state == .unknown || state == .suspect { enter(.up, at: now) }
        } else if state == .probation || state == .down || failures.count >= ProbeThresholds.ratholeFall {
            let isNew = state != .down
            enter(.down, cause: outcome.downCause, at: now)
            if !outcome.mayBeTheApps {
                silentSince = nil
            } else if isNew {
                silentSince = failures.suffix(ProbeThresholds.ratholeFall).first
            }
        } else if state == .up {
            enter(.suspect, at: now)
        }
    }

    private mutating func takeBesideLight(
        _ outcome: FullOutcome, sentAt: Duration, period: Duration, at now: Moment
    ) {
        if watch.isReached(by: outcome) {
            if watch == .fullOften, case .answered(_, let time) = outcome { roundTrips.add(time) }
            answered(sentAt: sentAt, isLight: watch == .fullOften, at: now)
        } else if watch == .fullOften {
            lost(sentAt: sentAt, period: period, at: now)
        }
    }

    private mutating func answered(sentAt: Duration, isLight: Bool, at now: Moment) {
        lastReply = now.sinceBoot
        newestAnswer = max(newestAnswer ?? sentAt, sentAt)
        unanswered.removeAll { $0 <= sentAt }
        unansweredSince = unanswered.first
        if isLight { probation?.count(isLost: false, sentAt: sentAt) }
        if let newestLoss, sentAt <= newestLoss { return }
        answersSinceLoss += 1
        let isCleared = state == .suspect && answersSinceLoss >= ProbeThresholds.clearingAnswers
        if state == .unknown || isCleared { enter(.up, at: now) }
    }

    private mutating func lost(sentAt: Duration, period: Duration, at now: Moment) {
        probation?.count(isLost: true, sentAt: sentAt)
        if let probation, probation.isSpoiled(period: period) { relapse(.probesLost, at: now) }
        // A later one has been answered already: one lost packet, not a lost path.
        if let newestAnswer, sentAt <= newestAnswer { return }
        newestLoss = max(newestLoss ?? sentAt, sentAt)
        answersSinceLoss = 0
        if unanswered.isEmpty { unansweredSince = sentAt }
        unanswered = (unanswered + [sentAt]).suffix(ProbeThresholds.downLosses)
        if state == .up, unanswered.count >= ProbeThresholds.suspectLosses { enter(.suspect, at: now) }
        checkSilence(at: now)
    }

    private mutating func checkSilence(at now: Moment) {
        guard !isDead, unanswered.count >= ProbeThresholds.downLosses else { return }
        let silence = now.sinceBoot - (lastReply ?? since.sinceBoot)
        guard silence >= ProbeThresholds.downAfter(smoothed: roundTrips.smoothed) else { return }
        enter(.down, cause: .probesLost, at: now)
        silenceBegan = unansweredSince
        if watch == .fullOften { silentSince = unanswered.first }
    }

    // MARK: Coming back

    /// Counts a full probe for or against the return.
    private mutating func weigh(_ outcome: FullOutcome, return rule: ReturnRule, at now: Moment) {
        let isGood = outcome.hasBytes || (!rule.needsAppAnswer && watch.isReached(by: outcome))
        if state == .probation, !isGood { relapse(outcome.downCause, at: now) }
        guard state == .down else { return }
        goodInARow = isGood ? goodInARow + 1 : 0
        let isAllowed = !rule.hasVeto || isReturnAllowed(at: now)
        guard goodInARow >= rule.answers, isAllowed,
            handshake?.fact(at: now.sinceBoot).instantCause == nil
        else { return }
        unanswered = []
        enter(.probation, at: now)
        probation = Probation(since: now.sinceBoot, length: rule.stableFor)
    }

    /// Ends a probation that was not passed.
    ///
    /// Where only the app was missed the path lives, and so may what runs on it.
    private mutating func relapse(_ cause: SwitchCause, at now: Moment) {
        enter(.down, cause: self.cause == .appUnreachable ? .appUnreachable : cause, at: now)
    }

    /// Ends the probation, at once when the path is the only one left.
    private mutating func pass(_ rule: ReturnRule, at now: Moment) {
        guard state == .probation, let probation, unanswered.isEmpty else { return }
        if rule.stableFor == .zero || probation.isPassed(at: now.sinceBoot) { enter(.up, at: now) }
    }

    /// Whether WireGuard's data is no reason against the return.
    package func isReturnAllowed(at now: Moment) -> Bool {
        handshake?.fact(at: now.sinceBoot).allowsReturn ?? true
    }
}

extension FullOutcome {
    /// Whether an app that is busy, or has stopped, looks the same where full probes decide.
    fileprivate var mayBeTheApps: Bool { self == .silent || self == .closed }

    /// How a path is called that is down for this outcome.
    fileprivate var downCause: SwitchCause {
        switch self {
        case .refused: .refused
        case .closed: .closedUnanswered
        case .silent, .noConnection: .silent
        case .unreachable: .unreachable
        case .answered, .garbled: .appUnreachable
        }
    }
}
