package import GateModel
package import UpstreamSelection

/// What is known about one path, and the state that follows from it.
///
/// Times of events are readings of the boot clock; the wall clock is only kept for people.
package struct PathHealth: Sendable {
    package let path: UpstreamPath
    package let watch: Watch
    package internal(set) var state: PathState = .unknown
    /// Since when it has been in that state.
    package internal(set) var since: Moment
    /// Why it is down, or was when it began its probation; nil while it is up.
    package internal(set) var cause: SwitchCause?
    package internal(set) var probation: Probation?

    package internal(set) var roundTrips = RoundTrips()
    /// When the far side last answered a probe.
    package internal(set) var lastReply: Duration?
    /// Probes lost after the newest answered one, by the time they were sent: at most the last few.
    var unanswered: [Duration] = []
    /// When the first of all these was sent.
    var unansweredSince: Duration?
    /// When the newest answered probe was sent.
    var newestAnswer: Duration?
    /// When the newest lost probe was sent.
    var newestLoss: Duration?
    /// Answers to probes that were sent after the newest loss.
    var answersSinceLoss = 0

    package internal(set) var lastFull: FullProbeReport?
    /// Full probes failed in a row without an answer to live traffic between them, by the time they were sent:
    /// at most the last few.
    var failures: [Duration] = []
    /// Rathole's port accepted and closed so many times in a row.
    package internal(set) var closesInARow = 0
    /// Since when every full probe has been answered.
    var answeringSince: Duration?
    /// When the newest answered full probe was sent.
    var newestAppAnswer: Duration?
    /// When the newest failed full probe was sent.
    var newestFailure: Duration?
    /// When the first of the probes was sent whose silence took the path down, as long as it may as well be the
    /// silence of an app that is busy, or has stopped.
    var silentSince: Duration?
    /// When the first of the probes was sent whose silence took the path down; nil when something else did.
    var silenceBegan: Duration?
    /// Good full probes in a row while down.
    package internal(set) var goodInARow = 0
    /// When the last full probe was answered.
    var provenAt: Duration?
    /// Until when that counts as proof.
    var provenUntil: Duration?

    package internal(set) var handshake: HandshakeReport?

    package init(_ path: UpstreamPath, at now: Moment) {
        self.path = path
        self.watch = Watch(path)
        self.since = now
    }

    /// Whether probes are missing and the next ones shall tell soon.
    package var isInDoubt: Bool {
        switch state {
        case .suspect: true
        case .down: false
        case .unknown, .up, .probation: !unanswered.isEmpty || (watch == .fullOnly && !failures.isEmpty)
        }
    }

    /// Whether nothing new is to be sent on it as long as there is another way.
    ///
    /// Where only new requests miss the app, a connection may still be tried.
    package var isDead: Bool { state == .down && cause != .appUnreachable }

    /// Whether it is dead, and it is not the app that is silent.
    var isLost: Bool { isDead && silentSince == nil }

    /// Whether what runs on it may go on if it comes back soon: it has just fallen silent, and no probe has been
    /// answered over the other path, the newest sent at `answer`, that was sent after the silence began.
    func mayResume(_ answer: Duration?, at now: Duration) -> Bool {
        guard cause == .probesLost, let silenceBegan, now - since.sinceBoot < ProbeThresholds.shortOutage
        else { return false }
        return answer.map { $0 <= silenceBegan } ?? true
    }

    /// Whether an answer over the other path would tell what it is that is silent: this path, the app, or the line that
    /// both paths share.
    var needsComparison: Bool { isInDoubt || silentSince != nil }

    /// Whether it is down and has answered, but not often enough yet: the rest is asked for quickly.
    package var isReturning: Bool {
        state == .down && (1..<ProbeThresholds.returnAnswers).contains(goodInARow)
    }

    /// Whether the far side has answered since the last full probe was sent.
    package var hasAnsweredSinceLastFull: Bool {
        guard let lastReply else { return false }
        return lastFull.map { lastReply > $0.sentAt } ?? true
    }

    /// Whether a full probe was answered within its last two periods.
    package func isProven(at now: Duration) -> Bool { provenUntil.map { now < $0 } ?? false }

    /// Whether the path lives and its last full probes did not get to the app.
    package var isAppMissing: Bool { appMissingSince != nil }

    /// When the first of the full probes was sent that by now say that the app is missing; nil while they do not.
    var appMissingSince: Duration? {
        guard let outcome = lastFull?.outcome else { return nil }
        switch watch {
        // While light probes are missing it may be the path.
        case .lightAndFull where isInDoubt: return nil
        case .lightAndFull: break
        // Where full probes decide, silence is the path's own.
        case .fullOften, .fullOnly: guard watch.isReached(by: outcome) else { return nil }
        }
        let needed = outcome.isSilence ? ProbeThresholds.appSilence : ProbeThresholds.appFall
        return failures.count >= needed ? failures.suffix(needed).first : nil
    }

    mutating func enter(_ next: PathState, cause: SwitchCause? = nil, at now: Moment) {
        if next != .probation { self.cause = cause }
        guard next != state else { return }
        state = next
        since = now
        probation = nil
        goodInARow = 0
        answersSinceLoss = 0
        silenceBegan = nil
        if next == .down { provenUntil = nil } else { silentSince = nil }
    }
}

/// A full probe and what came of it.
package struct FullProbeReport: Sendable, Hashable {
    package let outcome: FullOutcome
    package let sentAt: Duration
    /// When its outcome was known.
    package let endedAt: Duration
}

/// A sample of WireGuard's data and when it was taken.
package struct HandshakeReport: Sendable, Hashable {
    /// Samples come every second; one that is so old says nothing any more.
    private static let staleAfter: Duration = .seconds(10)

    let fact: HandshakeFact
    let details: WireGuardDetails
    let takenAt: Duration

    /// The fact as it is at `now`, if nothing has happened since.
    package func fact(at now: Duration) -> HandshakeFact {
        guard now - takenAt < Self.staleAfter else { return .unknown }
        return if case .age(let age) = fact { .age(age + (now - takenAt)) } else { fact }
    }
}
