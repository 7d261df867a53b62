import GRDB
package import GateModel

/// One decision about signing in, or one mail's outcome, as it is kept for the operator.
package struct AuditEntry: Equatable, Sendable {
    package enum Event: String, Sendable {
        /// A link was asked for by a listed address, by an unlisted one, or by the operator.
        case linkRequested = "link-requested"
        case linkRequestedByStranger = "link-requested-by-stranger"
        case linkIssued = "link-issued"
        case signedIn = "signed-in"
        /// A signed link, or a code in its browser, that does not count.
        case signInRefused = "sign-in-refused"
        case signedOut = "signed-out"
        case revoked
        case mailSent = "mail-sent"
        case mailRefused = "mail-refused"
        /// Never delivered: its link ended, or the queue was full.
        case mailDropped = "mail-dropped"
    }

    package let event: Event
    package let account: String?
    package let clientAddress: String?
    /// A few plain words; never a secret.
    package let detail: String?

    package init(_ event: Event, account: String? = nil, clientAddress: String? = nil, detail: String? = nil)
    {
        self.event = event
        self.account = account
        self.clientAddress = clientAddress
        self.detail = detail
    }

    /// Older entries make room.
    static let maximumCount = 20_000

    /// Writes the entry, in the transaction of what it tells of.
    func append(to database: Database, at now: Stamp) throws {
        try database.execute(
            sql: "INSERT INTO audit (unix, event, account, client_address, detail) VALUES (?, ?, ?, ?, ?)",
            arguments: [now.unixSeconds, event.rawValue, account, clientAddress, detail])
        try database.execute(
            sql: "DELETE FROM audit WHERE number <= ?",
            arguments: [database.lastInsertedRowID - Int64(Self.maximumCount)])
    }
}

/// An entry with the time of its writing.
package struct AuditRecord: Equatable, Sendable {
    package let unixSeconds: Int64
    package let entry: AuditEntry
}

extension StateStore {
    /// The newest entries, newest first.
    package func auditRecords(limit: Int) throws(Fault) -> [AuditRecord] {
        try read { database, _ in
            try Row.fetchAll(
                database, sql: "SELECT * FROM audit ORDER BY number DESC LIMIT ?", arguments: [limit]
            ).compactMap { row in
                guard let event = AuditEntry.Event(rawValue: row["event"]) else { return nil }
                let entry = AuditEntry(
                    event, account: row["account"], clientAddress: row["client_address"],
                    detail: row["detail"])
                return AuditRecord(unixSeconds: row["unix"], entry: entry)
            }
        }
    }

    /// Writes an entry of its own.
    package func append(_ entry: AuditEntry) throws(Fault) {
        try write { database, now in try entry.append(to: database, at: now) }
    }
}
