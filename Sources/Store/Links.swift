import GRDB
package import GateModel

/// A link that was made, and the code that goes with it.
package struct LinkRecord: Equatable, Sendable {
    /// SHA-256 of the token's `jti`, in hexadecimal.
    package let id: String
    package let account: String
    package let issued: Stamp
    package let life: Duration
    /// SHA-256 of the asking browser's nonce; nil binds nothing.
    package let nonceHash: String?
    /// Keyed hash of the short code; nil when there is none.
    package let codeHash: String?
    /// The safe path to go to in the asking browser.
    package let next: String?
    /// Who asked; nil for the operator.
    package let clientAddress: String?
    package let userAgent: String?
    /// Written for an address that may not sign in, so that asking costs the same; it never counts.
    package let isDecoy: Bool

    package init(
        id: String, account: String, issued: Stamp, life: Duration, nonceHash: String?, codeHash: String?,
        next: String?, clientAddress: String?, userAgent: String?, isDecoy: Bool
    ) {
        self.id = id
        self.account = account
        self.issued = issued
        self.life = life
        self.nonceHash = nonceHash
        self.codeHash = codeHash
        self.next = next
        self.clientAddress = clientAddress
        self.userAgent = userAgent
        self.isDecoy = isDecoy
    }

    init(row: Row) {
        self.init(
            id: row["id"], account: row["account"],
            issued: Stamp(
                bootID: row["boot_id"], sinceBoot: .milliseconds(row["issued_boot"] as Int64),
                unixSeconds: row["issued_unix"]),
            life: .milliseconds(row["life"] as Int64), nonceHash: row["nonce_hash"],
            codeHash: row["code_hash"],
            next: row["next"], clientAddress: row["client_address"], userAgent: row["user_agent"],
            isDecoy: row["is_decoy"])
    }

    /// How far the wall clock may have been set back across a reboot before a link is taken for expired.
    static let toleratedStepBack = Duration.seconds(60)

    /// What is left of its life; zero or less when it is over.
    ///
    /// A link issued in the future of the wall clock counts as over: a clock that was set back must not
    /// bring an old link to life.
    package func remaining(at now: Stamp) -> Duration {
        let age = issued.age(at: now)
        return age < .zero - Self.toleratedStepBack ? .zero : life - max(.zero, age)
    }

    /// The wall clock at its end, as its token says in `exp`.
    package var expiresUnixSeconds: Int64 { issued.unixSeconds + life.components.seconds }
}

/// The states a link can be in; the raw values stand in the database.
enum LinkState: Int {
    case open = 0
    case spent = 1
    /// Another link of the address was used, or the address was shut out.
    case void = 2
}

extension StateStore {
    /// The most links kept at once, expired ones included; the oldest make room.
    package static let maximumLinks = 50_000

    /// Keeps a new link and the mail that carries it, in one transaction of the same shape for everybody.
    ///
    /// - Returns: False when the mail queue is full: then the mail will never leave.
    package func add(_ link: LinkRecord, mail: QueuedMail?, audit: AuditEntry) throws(Fault) -> Bool {
        try write { database, now in
            try link.insert(into: database)
            try database.execute(
                sql: "DELETE FROM links WHERE number <= ?",
                arguments: [database.lastInsertedRowID - Int64(Self.maximumLinks)])
            let hasRoom = try mail.map { try self.insert($0, link: link, into: database, at: now) } ?? true
            try audit.append(to: database, at: now)
            return hasRoom
        }
    }

    /// The link of that id while it counts: open, in its life, no decoy.
    package func openLink(id: String) throws(Fault) -> LinkRecord? {
        try read { database, now in try Self.openLink(id: id, in: database, at: now) }
    }

    static func openLink(id: String, in database: Database, at now: Stamp) throws -> LinkRecord? {
        let row = try Row.fetchOne(
            database, sql: "SELECT * FROM links WHERE id = ? AND state = ?",
            arguments: [id, LinkState.open.rawValue])
        guard let link = row.map(LinkRecord.init(row:)), !link.isDecoy, link.remaining(at: now) > .zero else {
            return nil
        }
        return link
    }

    /// Deletes what has expired; undelivered mails among it are entered into the audit.
    package func purgeLinks() throws(Fault) {
        try write { database, now in
            let links = try LinkRecord.fetchAll(database).filter { $0.remaining(at: now) <= .zero }
            for link in links {
                let undelivered = try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM mails WHERE link_id = ? AND is_decoy = 0",
                    arguments: [link.id])
                if undelivered != 0 {
                    try AuditEntry(.mailDropped, account: link.account, detail: "the link expired first")
                        .append(to: database, at: now)
                }
                try database.execute(sql: "DELETE FROM links WHERE id = ?", arguments: [link.id])
            }
        }
    }
}

extension LinkRecord {
    func insert(into database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO links (id, account, is_decoy, nonce_hash, code_hash, next, client_address,
                    user_agent, boot_id, issued_boot, issued_unix, life)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                id, account, isDecoy, nonceHash, codeHash, next, clientAddress, userAgent, issued.bootID,
                issued.sinceBoot.wholeMilliseconds, issued.unixSeconds, life.wholeMilliseconds,
            ])
    }

    static func fetchAll(_ database: Database) throws -> [LinkRecord] {
        try Row.fetchAll(database, sql: "SELECT * FROM links").map(LinkRecord.init(row:))
    }
}
