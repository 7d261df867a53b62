import GRDB
package import GateModel

/// A session as the database keeps it.
package struct SessionRecord: Equatable, Sendable {
    /// SHA-256 of the cookie's `sid`, in hexadecimal.
    package let id: String
    package let account: String
    package let clientAddress: String
    package let userAgent: String
    package let issued: Stamp
    /// The absolute life it was made with.
    package let life: Duration
    /// The last use that was written.
    package let used: Stamp

    package init(
        id: String, account: String, clientAddress: String, userAgent: String, issued: Stamp, life: Duration,
        used: Stamp
    ) {
        self.id = id
        self.account = account
        self.clientAddress = clientAddress
        self.userAgent = userAgent
        self.issued = issued
        self.life = life
        self.used = used
    }

    init(row: Row) {
        let bootID: String = row["boot_id"]
        self.init(
            id: row["id"], account: row["account"], clientAddress: row["client_address"],
            userAgent: row["user_agent"],
            issued: Stamp(
                bootID: bootID, sinceBoot: .milliseconds(row["issued_boot"] as Int64),
                unixSeconds: row["issued_unix"]),
            life: .milliseconds(row["life"] as Int64),
            used: Stamp(
                bootID: bootID, sinceBoot: .milliseconds(row["used_boot"] as Int64),
                unixSeconds: row["used_unix"]))
    }

    /// What is left under the given absolute and idle life; zero or less when it is over.
    ///
    /// A clock that was set back across a reboot leaves at most the configured life.
    package func remaining(at now: Stamp, life limit: Duration, idle: Duration) -> Duration {
        min(
            min(life, limit) - max(.zero, issued.age(at: now)),
            idle - max(.zero, used.age(at: now)))
    }

    /// The same session told by the clock of this boot.
    func carried(to now: Stamp) -> SessionRecord {
        SessionRecord(
            id: id, account: account, clientAddress: clientAddress, userAgent: userAgent,
            issued: issued.carried(to: now), life: life, used: used.carried(to: now))
    }

    /// Writes the session.
    func insert(into database: Database, replacing: Bool = false) throws {
        try database.execute(
            sql: """
                INSERT OR \(replacing ? "REPLACE" : "ABORT") INTO sessions (id, account, client_address,
                    user_agent, boot_id, issued_boot, issued_unix, life, used_boot, used_unix)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, account, clientAddress, userAgent, issued.bootID, issued.sinceBoot.wholeMilliseconds,
                issued.unixSeconds, life.wholeMilliseconds, used.sinceBoot.wholeMilliseconds,
                used.unixSeconds,
            ])
    }
}

extension StateStore {
    /// Reads the live sessions, carried over to this boot, and deletes the others.
    ///
    /// `hasEnded` names sessions whose end could not be written while the database was away. `loaded` runs
    /// before any later change of the store, so that a revocation that follows finds them in memory too.
    package func loadSessions(
        life: Duration, idle: Duration, hasEnded: @Sendable (String) -> Bool,
        loaded: @Sendable ([SessionRecord]) -> Void
    ) throws(Fault) {
        let live = try write { database, now in
            var live: [SessionRecord] = []
            for row in try Row.fetchAll(database, sql: "SELECT * FROM sessions") {
                let session = SessionRecord(row: row)
                if hasEnded(session.id) || session.remaining(at: now, life: life, idle: idle) <= .zero {
                    try database.execute(sql: "DELETE FROM sessions WHERE id = ?", arguments: [session.id])
                    continue
                }
                let carried = session.carried(to: now)
                if carried != session { try carried.insert(into: database, replacing: true) }
                live.append(carried)
            }
            return live
        }
        loaded(live)
    }

    /// Writes sessions that are only in memory, asking for them inside the transaction: one that ends
    /// meanwhile is either not among them or deleted after them.
    package func restoreSessions(_ live: @Sendable () -> [SessionRecord]) throws(Fault) {
        try write { database, _ in
            for session in live() { try session.insert(into: database, replacing: true) }
        }
    }

    /// Deletes sessions; durable when it returns.
    ///
    /// With an audit entry somebody ended them: an account that has none left waits for no mail either.
    package func deleteSessions(_ ids: [String], audit: AuditEntry?) throws(Fault) {
        try write { database, now in
            for id in ids { try database.execute(sql: "DELETE FROM sessions WHERE id = ?", arguments: [id]) }
            if let account = audit?.account {
                let left = try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM sessions WHERE account = ?", arguments: [account])
                if left == 0 { try Self.stopAwaiting(account: account, in: database) }
            }
            try audit?.append(to: database, at: now)
        }
    }

    /// Deletes all sessions of an address, voids its links and forgets that it waits for a mail; durable when it
    /// returns.
    package func shutOut(account: String, audit: AuditEntry) throws(Fault) {
        try write { database, now in
            try database.execute(sql: "DELETE FROM sessions WHERE account = ?", arguments: [account])
            try Self.voidLinks(of: account, in: database)
            try Self.stopAwaiting(account: account, in: database)
            try audit.append(to: database, at: now)
        }
    }

    /// Writes the last uses of many sessions at once, each as time passed since.
    package func saveLastUses(_ idleTimes: [(id: String, idle: Duration)]) throws(Fault) {
        try write { database, now in
            for (id, idle) in idleTimes {
                try database.execute(
                    sql: "UPDATE sessions SET used_boot = ?, used_unix = ? WHERE id = ?",
                    arguments: [
                        (now.sinceBoot - idle).wholeMilliseconds, now.unixSeconds - idle.components.seconds,
                        id,
                    ])
            }
        }
    }
}
