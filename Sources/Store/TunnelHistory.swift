import GRDB
package import GateModel

// What the tunnels did in the last month, and which path the operator prefers. Paths and causes are the words
// of whoever decides about them; this module does not interpret them.

/// What one path did in one span of some minutes.
package struct TunnelSampleRecord: Equatable, Sendable {
    /// When the span began, by the wall clock.
    package var unixSeconds: Int64
    package var path: String
    package var seconds: Int64
    /// For how much of it the path carried traffic.
    package var activeSeconds: Int64
    package var probes: Int
    package var lost: Int
    /// Nil when no probe was answered.
    package var roundTripP50Microseconds: Int64?
    package var roundTripP95Microseconds: Int64?
    /// Nil when it was not known.
    package var handshakeAgeSeconds: Int64?

    package init(
        unixSeconds: Int64, path: String, seconds: Int64, activeSeconds: Int64, probes: Int, lost: Int,
        roundTripP50Microseconds: Int64?, roundTripP95Microseconds: Int64?, handshakeAgeSeconds: Int64?
    ) {
        self.unixSeconds = unixSeconds
        self.path = path
        self.seconds = seconds
        self.activeSeconds = activeSeconds
        self.probes = probes
        self.lost = lost
        self.roundTripP50Microseconds = roundTripP50Microseconds
        self.roundTripP95Microseconds = roundTripP95Microseconds
        self.handshakeAgeSeconds = handshakeAgeSeconds
    }

    init(row: Row) {
        self.init(
            unixSeconds: row["unix"], path: row["path"], seconds: row["seconds"],
            activeSeconds: row["active_seconds"], probes: row["probes"], lost: row["lost"],
            roundTripP50Microseconds: row["round_trip_p50"], roundTripP95Microseconds: row["round_trip_p95"],
            handshakeAgeSeconds: row["handshake_age_seconds"])
    }

    func insert(into database: Database) throws {
        // A wall clock that was set back may come by the same second twice; the later span counts.
        try database.execute(
            sql: "INSERT OR REPLACE INTO tunnel_samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            arguments: [
                unixSeconds, path, seconds, activeSeconds, probes, lost, roundTripP50Microseconds,
                roundTripP95Microseconds, handshakeAgeSeconds,
            ])
    }
}

/// One time that traffic moved.
package struct TunnelSwitchRecord: Equatable, Sendable {
    package var unixSeconds: Int64
    package var from: String
    package var to: String
    package var cause: String
    package var gapMilliseconds: Int64
    /// What became of the streams on the old path; nil when nobody counted.
    package var streamsKept: Int?
    package var streamsEnded: Int?

    package init(
        unixSeconds: Int64, from: String, to: String, cause: String, gapMilliseconds: Int64,
        streamsKept: Int?, streamsEnded: Int?
    ) {
        self.unixSeconds = unixSeconds
        self.from = from
        self.to = to
        self.cause = cause
        self.gapMilliseconds = gapMilliseconds
        self.streamsKept = streamsKept
        self.streamsEnded = streamsEnded
    }

    init(row: Row) {
        self.init(
            unixSeconds: row["unix"], from: row["from_path"], to: row["to_path"], cause: row["cause"],
            gapMilliseconds: row["gap"], streamsKept: row["streams_kept"], streamsEnded: row["streams_ended"])
    }

    func insert(into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO tunnel_switches (unix, from_path, to_path, cause, gap, streams_kept, streams_ended)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [unixSeconds, from, to, cause, gapMilliseconds, streamsKept, streamsEnded])
    }
}

/// Samples and switches, the oldest first.
package struct TunnelHistoryRecords: Equatable, Sendable {
    package var samples: [TunnelSampleRecord]
    package var switches: [TunnelSwitchRecord]

    package init(samples: [TunnelSampleRecord] = [], switches: [TunnelSwitchRecord] = []) {
        self.samples = samples
        self.switches = switches
    }

    package var isEmpty: Bool { samples.isEmpty && switches.isEmpty }
}

extension StateStore {
    /// Older history is deleted whenever some is written.
    package static let tunnelHistoryLife: Duration = .seconds(30 * 86_400)
    /// So much is kept whatever the clock said meanwhile: twice what two paths need in that time.
    static let maximumSamples: Int64 = 40_000
    static let maximumSwitches: Int64 = 10_000

    /// Adds to the history and deletes what is too old; one transaction.
    package func append(_ records: TunnelHistoryRecords) throws(Fault) {
        try write { database, now in
            for sample in records.samples { try sample.insert(into: database) }
            for record in records.switches { try record.insert(into: database) }
            let oldest = now.unixSeconds - Self.tunnelHistoryLife.components.seconds
            for table in ["tunnel_samples", "tunnel_switches"] {
                try database.execute(sql: "DELETE FROM \(table) WHERE unix < ?", arguments: [oldest])
            }
            try database.execute(
                sql: """
                    DELETE FROM tunnel_samples WHERE unix <=
                        (SELECT unix FROM tunnel_samples ORDER BY unix DESC LIMIT 1 OFFSET ?)
                    """,
                arguments: [Self.maximumSamples])
            try database.execute(
                sql:
                    "DELETE FROM tunnel_switches WHERE number <= (SELECT max(number) FROM tunnel_switches) - ?",
                arguments: [Self.maximumSwitches])
        }
    }

    /// What happened since that time of the wall clock; what a wrong clock put into the future is left out.
    package func tunnelHistory(sinceUnixSeconds oldest: Int64) throws(Fault) -> TunnelHistoryRecords {
        try read { database, now in
            let span: StatementArguments = [oldest, now.unixSeconds]
            return TunnelHistoryRecords(
                samples: try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM tunnel_samples WHERE unix BETWEEN ? AND ? ORDER BY unix, path",
                    arguments: span
                ).map(TunnelSampleRecord.init),
                switches: try Row.fetchAll(
                    database,
                    sql: "SELECT * FROM tunnel_switches WHERE unix BETWEEN ? AND ? ORDER BY number",
                    arguments: span
                ).map(TunnelSwitchRecord.init))
        }
    }

    /// The latest switches, at most `limit`, the oldest first; what a wrong clock put into the future is left out.
    package func latestTunnelSwitches(_ limit: Int) throws(Fault) -> [TunnelSwitchRecord] {
        try read { database, now in
            try Row.fetchAll(
                database, sql: "SELECT * FROM tunnel_switches WHERE unix <= ? ORDER BY number DESC LIMIT ?",
                arguments: [now.unixSeconds, limit]
            ).reversed().map(TunnelSwitchRecord.init)
        }
    }

    /// The path that the operator prefers; nil when he never said.
    package func tunnelPreference() throws(Fault) -> String? {
        try read { database, _ in
            try String.fetchOne(database, sql: "SELECT path FROM tunnel_preference")
        }
    }

    /// Durable when it returns.
    package func saveTunnelPreference(_ path: String) throws(Fault) {
        try write { database, _ in
            try database.execute(
                sql: "INSERT OR REPLACE INTO tunnel_preference (only, path) VALUES (1, ?)", arguments: [path])
        }
    }
}
