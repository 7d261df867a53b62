import Store

/// What the switches of the last week have in common.
struct HistoryConclusion {
    private static let week: Int64 = 7 * 86_400

    let text: String

    init(_ switches: [TunnelSwitchRecord], at now: Int64, minuteOfDay: (Int64) -> Int) {
        // A return and what a person did say nothing about the line.
        let failures = switches.filter { record in
            SwitchCause(rawValue: record.cause).map { !$0.isDeliberate && $0 != .recovered } ?? true
        }
        let ofWeek = failures.filter { now - $0.unixSeconds <= Self.week }
        switch (ofWeek.count, failures.count) {
        case (0, 0): text = "No path has failed in this time."
        case (0, let earlier): text = "No path has failed this week; before that \(Self.times(earlier))."
        case (let count, _):
            let hour = Self.commonHour(of: ofWeek, minuteOfDay)
            let around = hour.map { ", \($0.count) of them around \($0.hour < 10 ? "0" : "")\($0.hour):00" }
            text =
                "\(count) switch\(count == 1 ? "" : "es") away from a failing path this week\(around ?? "")."
        }
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    /// The hour of the day around which more than half of at least three failures lie.
    private static func commonHour(
        of switches: [TunnelSwitchRecord], _ minuteOfDay: (Int64) -> Int
    ) -> (hour: Int, count: Int)? {
        let hours = switches.map { (minuteOfDay($0.unixSeconds) + 30) / 60 % 24 }
        let counts = Dictionary(hours.map { ($0, 1) }, uniquingKeysWith: +)
        guard switches.count >= 3, let most = counts.max(by: { $0.value < $1.value }),
            most.value * 2 > switches.count
        else { return nil }
        return (most.key, most.value)
    }
}
