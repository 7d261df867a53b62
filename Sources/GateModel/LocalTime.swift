import Glibc

/// A time of the wall clock as this machine's time zone tells it.
package struct LocalTime {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private let parts: tm

    package init(unixSeconds: Int64) {
        var seconds = time_t(unixSeconds)
        var parts = tm()
        localtime_r(&seconds, &parts)
        self.parts = parts
    }

    /// 0 to 1439.
    package var minuteOfDay: Int { Int(parts.tm_hour) * 60 + Int(parts.tm_min) }

    /// `04:02:11`.
    package var clock: String {
        [parts.tm_hour, parts.tm_min, parts.tm_sec].map(Self.twoDigits).joined(separator: ":")
    }

    /// `Nov 21 04:02:11`.
    package var dayAndClock: String {
        "\(Self.months[Int(parts.tm_mon) % 12]) \(Self.twoDigits(parts.tm_mday)) \(clock)"
    }

    private static func twoDigits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
