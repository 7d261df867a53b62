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
    /// What became of the streams that ran on the old path; nil while nobody counts them.
    package internal(set) var streams: SwitchedStreams?

    package init(
        at: Moment, from: UpstreamPath.Name, to: UpstreamPath.Name, cause: SwitchCause, gap: Duration,
        streams: SwitchedStreams? = nil
    ) {
        self.at = at
        self.from = from
        self.to = to
        self.cause = cause
        self.gap = gap
        self.streams = streams
    }
}

/// What a switch did to the streams that ran on the old path.
package struct SwitchedStreams: Codable, Sendable, Hashable {
    /// They go on where they are: the old path lives.
    package let kept: Int
    /// They were ended, so that clients connect anew.
    package let ended: Int

    package init(kept: Int, ended: Int) {
        self.kept = kept
        self.ended = ended
    }
}

/// The switches of the recent past: what damping and `runegate tunnels` need.
package struct SwitchLog: Sendable {
    /// Switches away from a path within this time prolong the wait before the return.
    package static let dampingWindow: Duration = .seconds(15 * 60)
    private static let kept = 100

    /// The oldest first.
    package private(set) var records: [SwitchRecord] = []

    /// A log that goes on from what is remembered, the oldest first.
    package init(_ records: [SwitchRecord] = []) {
        self.records = records.suffix(Self.kept)
    }

    mutating func add(_ record: SwitchRecord) {
        records = (records + [record]).suffix(Self.kept)
    }

    /// Says what a switch did to streams, once that is known.
    mutating func noteStreams(_ streams: SwitchedStreams, of record: SwitchRecord) {
        guard let index = records.lastIndex(where: { $0.at == record.at && $0.from == record.from }) else {
            return
        }
        records[index].streams = streams
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
