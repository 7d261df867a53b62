import Glibc

/// A point of the wall clock: seconds and nanoseconds since the Unix epoch (`CLOCK_REALTIME`).
package struct UnixTime: Hashable, Comparable, Sendable {
    package let seconds: Int64
    /// 0 to 999 999 999.
    package let nanoseconds: Int32

    /// Nil when the nanoseconds are out of range or the time lies before the epoch.
    package init?(seconds: Int64, nanoseconds: Int64) {
        guard seconds >= 0, (0..<1_000_000_000).contains(nanoseconds) else { return nil }
        self.init(seconds, Int32(nanoseconds))
    }

    private init(_ seconds: Int64, _ nanoseconds: Int32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// The system's wall clock now.
    package static func now() -> UnixTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UnixTime(Int64(time.tv_sec), Int32(time.tv_nsec))
    }

    /// The time that lies `elapsed` before this one, the epoch at the earliest.
    func before(_ elapsed: UnixTime) -> UnixTime {
        let borrows = nanoseconds < elapsed.nanoseconds
        let (difference, overflows) = seconds.subtractingReportingOverflow(elapsed.seconds)
        let left = borrows ? difference - 1 : difference
        guard !overflows, left >= 0 else { return UnixTime(0, 0) }
        return UnixTime(left, nanoseconds - elapsed.nanoseconds + (borrows ? 1_000_000_000 : 0))
    }

    package static func < (left: UnixTime, right: UnixTime) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
