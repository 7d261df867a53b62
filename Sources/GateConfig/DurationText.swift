/// Durations as people write them in a configuration: a whole number and a unit.
enum DurationText {
    enum Unit: String, CaseIterable {
        case milliseconds = "ms"
        case seconds = "s"
        case minutes = "m"
        case hours = "h"
        case days = "d"

        var milliseconds: Int64 {
            switch self {
            case .milliseconds: 1
            case .seconds: 1000
            case .minutes: 60_000
            case .hours: 3_600_000
            case .days: 86_400_000
            }
        }

        var noun: String { "\(self)" }
    }

    /// The duration, or nil when the text is no number, has no unit where one is needed, or overflows.
    static func parse(_ text: String, bareUnit: Unit?) -> Duration? {
        let digits = text.utf8.prefix { (0x30...0x39).contains($0) }
        guard let count = Int64(String(digits) ?? "") else { return nil }
        let suffix = String(text.dropFirst(digits.count))
        guard let unit = suffix.isEmpty ? bareUnit : Unit(rawValue: suffix) else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// The duration in the largest unit that leaves a whole number.
    static func render(_ duration: Duration) -> String {
        let parts = duration.components
        let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
        if milliseconds == 0 { return "0s" }
        for unit in Unit.allCases.reversed() where milliseconds.isMultiple(of: unit.milliseconds) {
            return "\(milliseconds / unit.milliseconds)\(unit.rawValue)"
        }
        return "\(milliseconds)ms"
    }
}
