/// The time in which a path that was down has to stay good before it counts as up.
package struct Probation: Sendable, Hashable {
    /// When it began, on the boot clock.
    package let since: Duration
    /// How long it lasts.
    package let length: Duration
    /// Light probes sent since it began whose end is known.
    private var probes = 0
    private var losses = 0

    init(since: Duration, length: Duration) {
        self.since = since
        self.length = length
    }

    mutating func count(isLost: Bool, sentAt: Duration) {
        guard sentAt >= since else { return }
        probes += 1
        if isLost { losses += 1 }
    }

    /// Whether so many probes were lost that the window cannot end well any more.
    ///
    /// How many it will hold follows from the period of the light probes.
    func isSpoiled(period: Duration) -> Bool {
        losses > Self.allowed(of: max(probes, Int(length / period)))
    }

    /// Whether it is over at `now`, and was good.
    func isPassed(at now: Duration) -> Bool {
        now - since >= length && losses <= Self.allowed(of: probes)
    }

    /// What is left of it.
    package func remaining(at now: Duration) -> Duration { max(.zero, length - (now - since)) }

    /// One loss is chance in any window, however few probes a quiet time has.
    private static func allowed(of probes: Int) -> Int {
        max(1, probes * ProbeThresholds.probationLossPercent / 100)
    }
}
