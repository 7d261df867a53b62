/// What a drill measured, and whether that is good enough.
package struct DrillResult: Codable, Sendable, Equatable {
    /// The longest wait for an answer that a visitor may have at a switch.
    package static let longestGap: Duration = .seconds(1)

    /// Where traffic was, and is again.
    package var from: String
    /// Where it was tried.
    package var to: String
    /// Whether they are relays inside this program.
    package var isSimulated = false
    /// The slowest answer from the moment when traffic moved there until it moved back.
    package var gapThereMilliseconds: Int64
    /// The slowest answer since it moved back.
    package var gapBackMilliseconds: Int64
    package var requestsSent: Int
    package var requestsFailed: Int
    package var isPassed: Bool
    /// Why it is not passed, one sentence each.
    package var problems: [String]

    init(
        from: String, to: String, there: [DrillRecord], back: [DrillRecord], all: [DrillRecord],
        problems: [String]
    ) {
        self.from = from
        self.to = to
        self.gapThereMilliseconds = Self.slowest(there)
        self.gapBackMilliseconds = Self.slowest(back)
        self.requestsSent = all.count
        let failures = all.compactMap(\.failure)
        self.requestsFailed = failures.count
        var problems = problems
        if let first = failures.first {
            problems.append("\(failures.count) of \(all.count) requests failed, the first: \(first)")
        }
        let longest = Self.longestGap.components.seconds * 1000
        if gapThereMilliseconds >= longest || gapBackMilliseconds >= longest {
            problems.append("A visitor waited a second or more")
        }
        if there.isEmpty || back.isEmpty { problems.append("No answer came in part of the drill") }
        self.problems = problems
        self.isPassed = problems.isEmpty
    }

    private static func slowest(_ records: [DrillRecord]) -> Int64 {
        let slowest = records.map { $0.ended - $0.began }.max() ?? .zero
        // Rounded up, so that nothing counts as shorter than it was.
        return Int64((slowest / .milliseconds(1)).rounded(.up))
    }
}

/// One request of a drill, by the clock of the drill.
struct DrillRecord: Sendable, Equatable {
    var began: Duration
    var ended: Duration
    /// What went wrong; nil for an answer.
    var failure: String?
}
