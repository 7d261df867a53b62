import GRDB
package import GateModel

/// A mail to be kept until it left, was refused, or its link ended.
package struct QueuedMail: Sendable {
    /// Random; what the mailer reports by.
    package let id: String
    /// What the mailer needs; sealed before it is written.
    package let payload: [UInt8]

    package init(id: String, payload: [UInt8]) {
        self.id = id
        self.payload = payload
    }
}

/// A queued mail as it is read back.
package struct WaitingMail: Sendable {
    package enum Kind: Sendable {
        /// Carries a sign-in link; the payload is what was queued.
        case link
        /// Says that the app can be reached again; the payload is the address in UTF-8.
        case recovery
    }

    package let id: String
    package let kind: Kind
    /// Nil when no key opens it any more.
    package let payload: [UInt8]?
    package let account: String
    package let attempts: Int
    /// What is left of its link's life, or of the time in which it is still news.
    package let remaining: Duration
}

extension StateStore {
    /// The most mails that wait at once; decoys have as much room of their own.
    package static let maximumMails = 1000

    /// Seals and writes a mail; false when the queue is full, and then it is written as a decoy.
    func insert(_ mail: QueuedMail, link: LinkRecord, into database: Database, at now: Stamp) throws -> Bool {
        let waiting = try Int.fetchOne(database, sql: "SELECT count(*) FROM mails WHERE is_decoy = 0") ?? 0
        let hasRoom = link.isDecoy || waiting < Self.maximumMails
        try database.execute(
            sql: "INSERT INTO mails (id, link_id, is_decoy, sealed) VALUES (?, ?, ?, ?)",
            arguments: [
                mail.id, link.id, link.isDecoy || !hasRoom, sealing.seal(mail.payload, mailID: mail.id),
            ])
        try database.execute(
            sql: """
                DELETE FROM mails WHERE is_decoy = 1 AND number NOT IN (
                    SELECT number FROM mails WHERE is_decoy = 1 ORDER BY number DESC LIMIT ?)
                """,
            arguments: [Self.maximumMails])
        if !hasRoom {
            try AuditEntry(.mailDropped, account: link.account, detail: "the mail queue was full")
                .append(to: database, at: now)
        }
        return hasRoom
    }

    /// The mails that may still leave, without those that `excluded` names: links first, the oldest of them
    /// first, since somebody sits and waits for them.
    package func waitingMails(excluding excluded: Set<String>, limit: Int) throws(Fault) -> [WaitingMail] {
        try read { database, now in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT mails.id AS mail_id, mails.sealed, mails.attempts, links.* FROM mails
                    JOIN links ON links.id = mails.link_id
                    WHERE mails.is_decoy = 0 ORDER BY mails.number
                    """)
            var waiting: [WaitingMail] = []
            while waiting.count < limit, let row = try rows.next() {
                let id: String = row["mail_id"]
                let link = LinkRecord(row: row)
                let remaining = link.remaining(at: now)
                guard !excluded.contains(id), remaining > .zero else { continue }
                waiting.append(
                    WaitingMail(
                        id: id, kind: .link, payload: self.sealing.open(row["sealed"], mailID: id),
                        account: link.account,
                        attempts: row["attempts"], remaining: remaining))
            }
            return try waiting
                + dueNotices(excluding: excluded, limit: limit - waiting.count, in: database, at: now)
        }
    }

    /// How many mails may still leave.
    package func waitingMailCount() throws(Fault) -> Int {
        try read { database, _ in
            try Int.fetchOne(
                database,
                sql: """
                    SELECT (SELECT count(*) FROM mails WHERE is_decoy = 0)
                        + (SELECT count(*) FROM awaiting WHERE is_due = 1)
                    """) ?? 0
        }
    }

    /// Deletes a mail with its outcome in the audit; nothing happens when it is gone already.
    package func finishMail(_ id: String, event: AuditEntry.Event, detail: String) throws(Fault) {
        try write { database, now in
            let account = try String.fetchOne(
                database,
                sql: "SELECT account FROM links JOIN mails ON links.id = link_id WHERE mails.id = ?",
                arguments: [id])
            guard let account = try account ?? takeNotice(id, in: database) else { return }
            try database.execute(sql: "DELETE FROM mails WHERE id = ?", arguments: [id])
            try AuditEntry(event, account: account, detail: detail).append(to: database, at: now)
        }
    }

    /// Counts a try that may be repeated.
    package func countMailAttempt(_ id: String) throws(Fault) {
        try write { database, _ in
            for table in ["mails", "awaiting"] {
                try database.execute(
                    sql: "UPDATE \(table) SET attempts = attempts + 1 WHERE id = ?", arguments: [id])
            }
        }
    }
}
