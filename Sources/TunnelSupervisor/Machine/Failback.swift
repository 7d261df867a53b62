/// How long a path has to be stable before traffic returns to it.
package struct Failback: Sendable, Hashable {
    /// After a first departure.
    package let base: Duration
    /// The most that damping makes of it.
    package let longest: Duration

    package init(base: Duration, longest: Duration) {
        self.base = base
        self.longest = longest
    }

    /// The wait after so many departures in the last quarter of an hour: it doubles with each further one.
    package func stableFor(departures: Int) -> Duration {
        // The exponent is capped where any duration would be.
        min(longest, base * (1 << min(max(0, departures - 1), 20)))
    }
}
