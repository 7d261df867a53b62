package import GateModel

/// A point in time that outlives the process: both clocks, and the boot that the first counts from.
///
/// Ages are measured by the boot clock while the boot is the same, so that setting the wall clock changes
/// nothing; across a boot only the wall clock is left.
package struct Stamp: Hashable, Sendable {
    package let bootID: String
    /// Whole milliseconds; negative for a time before the boot that it was carried over to.
    package let sinceBoot: Duration
    package let unixSeconds: Int64

    package init(bootID: String, sinceBoot: Duration, unixSeconds: Int64) {
        self.bootID = bootID
        self.sinceBoot = .milliseconds(sinceBoot.wholeMilliseconds)
        self.unixSeconds = unixSeconds
    }

    /// The present.
    package init(now time: any TimeSource) {
        let moment = time.now()
        self.init(bootID: time.bootID, sinceBoot: moment.sinceBoot, unixSeconds: moment.unixSeconds)
    }

    /// How long ago it was at `now`; across boots negative when the wall clock was set back.
    package func age(at now: Stamp) -> Duration {
        bootID == now.bootID ? now.sinceBoot - sinceBoot : .seconds(now.unixSeconds - unixSeconds)
    }

    /// The same point told by the clock of the boot of `now`, never in its future.
    package func carried(to now: Stamp) -> Stamp {
        let age = max(.zero, age(at: now))
        return Stamp(bootID: now.bootID, sinceBoot: now.sinceBoot - age, unixSeconds: unixSeconds)
    }
}

extension Duration {
    /// Rounded down to milliseconds, as the database keeps it.
    package var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
