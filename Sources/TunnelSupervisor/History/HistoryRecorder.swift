package import GateModel
package import UpstreamSelection

/// Adds up what history is written of: probes of every path, and the time that each carried traffic.
///
/// It is fed with what the machine is fed with, reads no clock and writes nothing.
package struct HistoryRecorder: Sendable {
    package private(set) var tallies: [UpstreamPath.Name: ProbeTally]
    private let order: [UpstreamPath.Name]
    private var active: UpstreamPath.Name
    /// Until when the time of the active path has been added up.
    private var countedUntil: Duration
    private var activeTimes: [UpstreamPath.Name: Duration] = [:]
    private var spanBegan: Duration
    private var handshake: HandshakeReport?

    package init(paths: [UpstreamPath], active: UpstreamPath.Name, at now: Moment) {
        self.order = paths.map(\.name)
        self.tallies = Dictionary(
            paths.map { ($0.name, ProbeTally($0)) }, uniquingKeysWith: { first, _ in first })
        self.active = active
        self.countedUntil = now.sinceBoot
        self.spanBegan = now.sinceBoot
    }

    package mutating func take(_ event: TunnelEvent, at now: Moment) {
        switch event {
        case .light(let name, let outcome, let sentAt): tallies[name]?.take(outcome, sentAt: sentAt)
        case .full(let name, let outcome, _): tallies[name]?.take(outcome)
        case .handshake(let fact, let details):
            handshake = HandshakeReport(fact: fact, details: details, takenAt: now.sinceBoot)
        case .trafficFailed, .byteSeen, .activity, .prefer, .beginDrill, .endDrill, .tick: break
        }
    }

    /// Probes of a path since the start, and the lost ones of them.
    package func counts(of name: UpstreamPath.Name?) -> (sent: Int, lost: Int) {
        guard let tally = name.flatMap({ tallies[$0] }) else { return (0, 0) }
        return (tally.sent, tally.lost)
    }

    package mutating func switched(to name: UpstreamPath.Name, at now: Moment) {
        countActive(until: now.sinceBoot)
        active = name
    }

    /// Ends the span at `now` and begins the next one.
    ///
    /// - Returns: What happened in it, one sample a path; nothing of a span shorter than a second.
    package mutating func endSpan(at now: Moment) -> [PathSample] {
        let seconds = (now.sinceBoot - spanBegan).components.seconds
        guard seconds > 0 else { return [] }
        countActive(until: now.sinceBoot)
        let samples = order.compactMap { name in tallies[name].map { sample(name, $0, seconds, at: now) } }
        for name in order { tallies[name]?.beginSpan() }
        activeTimes = [:]
        spanBegan = now.sinceBoot
        return samples
    }

    private mutating func countActive(until now: Duration) {
        activeTimes[active, default: .zero] += now - countedUntil
        countedUntil = now
    }

    private func sample(
        _ name: UpstreamPath.Name, _ tally: ProbeTally, _ seconds: Int64, at now: Moment
    ) -> PathSample {
        var age: Duration?
        if name == .wireGuard, case .age(let found)? = handshake?.fact(at: now.sinceBoot) { age = found }
        return PathSample(
            path: name, beganUnixSeconds: now.unixSeconds - seconds, seconds: seconds,
            activeSeconds: min(seconds, (activeTimes[name] ?? .zero).components.seconds),
            probes: tally.spanSent, lost: tally.spanLost,
            roundTripP50: tally.spanRoundTrips.percentile(50),
            roundTripP95: tally.spanRoundTrips.percentile(95), handshakeAge: age)
    }
}
