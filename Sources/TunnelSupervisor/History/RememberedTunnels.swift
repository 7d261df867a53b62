package import GateModel
package import Store
import UpstreamSelection

/// What a run of the program needs to know of earlier ones.
package struct RememberedTunnels: Sendable, Equatable {
    package var preference: Preference = .auto
    /// The oldest first; their readings of the boot clock are worked out from the wall clock.
    package var switches: [SwitchRecord] = []

    /// More than the damping and a day's count of departures need, and few enough to wait for at the start.
    private static let mostSwitches = 100

    package init() {}

    /// Reads it from the database; what cannot be read is as if it had never been.
    package init(from store: StateStore, time: any TimeSource = SystemTime()) async {
        let now = time.now()
        if let word = try? await store.tunnelPreference() { preference = Preference(rawValue: word) ?? .auto }
        let records = try? await store.latestTunnelSwitches(Self.mostSwitches)
        switches = (records ?? []).compactMap { SwitchRecord($0, at: now) }
    }
}

extension SwitchRecord {
    /// Nil when this version does not know the words.
    fileprivate init?(_ record: TunnelSwitchRecord, at now: Moment) {
        guard let from = UpstreamPath.Name(rawValue: record.from),
            let to = UpstreamPath.Name(rawValue: record.to), let cause = SwitchCause(rawValue: record.cause)
        else { return nil }
        let age: Duration = .seconds(now.unixSeconds - record.unixSeconds)
        self.init(
            at: Moment(sinceBoot: now.sinceBoot - age, unixSeconds: record.unixSeconds), from: from, to: to,
            cause: cause, gap: .milliseconds(record.gapMilliseconds),
            streams: record.streamsKept.flatMap { kept in
                record.streamsEnded.map { SwitchedStreams(kept: kept, ended: $0) }
            })
    }
}
