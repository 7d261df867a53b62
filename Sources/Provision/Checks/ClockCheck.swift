/// Whether the clock can be right; links and certificates live by it.
package struct ClockCheck: Sendable, Hashable {
    /// Wall-clock seconds since the Unix epoch.
    package let nowUnixSeconds: Int64
    /// What `timedatectl` says; nil when it says nothing.
    package let isSynchronized: Bool?

    /// 2026-01-01: before this there was no Runegate.
    private static let earliest: Int64 = 1_767_225_600

    package init(nowUnixSeconds: Int64, isSynchronized: Bool?) {
        self.nowUnixSeconds = nowUnixSeconds
        self.isSynchronized = isSynchronized
    }

    package var result: CheckResult {
        let remedy = "Set it: timedatectl set-ntp true"
        guard nowUnixSeconds >= Self.earliest else {
            return CheckResult(
                "clock", .fail,
                "it is years behind, so certificates look as if they were not valid yet. \(remedy)")
        }
        return isSynchronized == false
            ? CheckResult(
                "clock", .warn, "nothing keeps it right; links and join codes expire by it. \(remedy)")
            : CheckResult("clock", .pass, isSynchronized == true ? "synchronised" : "plausible")
    }
}
