package import GateModel
package import UpstreamSelection

/// One time that traffic moved from a path to another.
package struct SwitchRecord: Sendable, Hashable {
    package let at: Moment
    package let from: UpstreamPath.Name
    package let to: UpstreamPath.Name
    package let cause: SwitchCause
    /// How long the old path had answered no probe; zero when it was left alive.
    package let gap: Duration
}

/// The switches of the recent past: what damping and `runegate tunnels` need.
package struct SwitchLog: Sendable {
    /// Switches away from a path within this time prolong the wait before the return.
    package static let dampingWindow: Duration = .seconds(15 * 60)
    private static let kept = 100

    /// The oldest first.
    package private(set) var records: [SwitchRecord] = []

    mutating func add(_ record: SwitchRecord) {
        records = (records + [record]).suffix(Self.kept)
    }

    /// How often `path` was left within the damping window, other than on somebody's command.
    package func departures(from path: UpstreamPath.Name, at now: Duration) -> Int {
        records.count {
            $0.from == path && !$0.cause.isDeliberate && now - $0.at.sinceBoot < Self.dampingWindow
        }
    }

    /// How often `path` was left within the last day.
    package func departuresOfLastDay(from path: UpstreamPath.Name, at now: Duration) -> Int {
        records.count { $0.from == path && now - $0.at.sinceBoot < .seconds(86_400) }
    }
}
