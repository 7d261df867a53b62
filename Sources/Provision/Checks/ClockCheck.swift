/// Whether the clock can be right; links and certificates live by it.
package struct ClockCheck: Sendable, Hashable {
    /// Wall-clock seconds since the Unix epoch.
    package let nowUnixSeconds: Int64
    /// What `timedatectl` says; nil when it says nothing.
    package let isSynchronized: Bool?

    /// 2026-01-01 to 2100-01-01: before this there was no Runegate, and behind it no certificate lasts.
    private static let plausible: Range<Int64> = 1_767_225_600..<4_102_444_800

    package init(nowUnixSeconds: Int64, isSynchronized: Bool?) {
        self.nowUnixSeconds = nowUnixSeconds
        self.isSynchronized = isSynchronized
    }

    package var result: CheckResult {
        let remedy = "Set it right: timedatectl set-ntp true"
        guard Self.plausible.contains(nowUnixSeconds) else {
            let way =
                nowUnixSeconds < Self.plausible.lowerBound
                ? "behind, so certificates look as if they were not valid yet"
                : "ahead, so certificates look as if they had expired"
            return CheckResult(
                "clock", .fail, "it is years \(way). \(remedy), then run the same command again.")
        }
        return isSynchronized == false
            ? CheckResult(
                "clock", .warn, "nothing keeps it right; links and join codes expire by it. \(remedy).")
            : CheckResult("clock", .pass, isSynchronized == true ? "synchronised" : "plausible")
    }
}
