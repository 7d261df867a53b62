package import UpstreamSelection

/// How many probes of one path were sent and lost: since the start, and in the span that history is written
/// of.
package struct ProbeTally: Sendable {
    /// Lost probes that may still be answered; more are never under way.
    private static let rememberedLosses = 64

    private let watch: Watch
    /// Probes whose end is known, since the start.
    package private(set) var sent = 0
    /// Those of them that the far side did not answer in time; never less than before.
    package private(set) var lost = 0
    /// The same since ``beginSpan()``.
    package private(set) var spanSent = 0
    package private(set) var spanLost = 0
    package private(set) var spanRoundTrips = RoundTripHistogram()
    /// When the probes were sent that were lost last.
    private var lastLosses: [Duration] = []

    package init(_ path: UpstreamPath) {
        self.watch = Watch(path)
    }

    package mutating func beginSpan() {
        (spanSent, spanLost, spanRoundTrips) = (0, 0, RoundTripHistogram())
    }

    /// Counts a light probe; one that is answered late was counted as lost already.
    package mutating func take(_ outcome: LightOutcome, sentAt: Duration) {
        switch outcome {
        case .answered(let time), .refused(let time):
            if !lastLosses.contains(sentAt) { count(isLost: false) }
            spanRoundTrips.add(time)
        case .lost:
            lastLosses = (lastLosses + [sentAt]).suffix(Self.rememberedLosses)
            count(isLost: true)
        case .unreachable:
            count(isLost: true)
        }
    }

    /// Counts a full probe: lost when it did not reach the far side, whatever the app does there.
    package mutating func take(_ outcome: FullOutcome) {
        count(isLost: !watch.isReached(by: outcome))
        // Beside light probes it would mix the app's time with the line's.
        if watch != .lightAndFull, case .answered(_, let time) = outcome { spanRoundTrips.add(time) }
    }

    private mutating func count(isLost: Bool) {
        sent += 1
        spanSent += 1
        guard isLost else { return }
        lost += 1
        spanLost += 1
    }
}
