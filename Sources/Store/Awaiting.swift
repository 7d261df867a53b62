import Cryptography
import GRDB
package import GateModel

// Those who asked for a mail when the app can be reached again. A row waits until traffic works, then is a mail
// that is due, and goes with its outcome.

extension StateStore {
    /// How long somebody waits before the wish is forgotten.
    package static let awaitingLife = Duration.seconds(7 * 86_400)
    /// How long the mail may take to leave once it is due: later it would be no news.
    package static let noticeLife = Duration.seconds(6 * 3600)
    /// The most who wait at once.
    package static let maximumAwaiting = 1000

    /// Keeps that an address waits; once, however often it asks.
    ///
    /// A mail that is due and has not left yet is held back again: what it says is no longer so.
    ///
    /// - Returns: False when too many wait already.
    package func addAwaiting(account: String) throws(Fault) -> Bool {
        try write { database, now in
            let hash = Self.hash(account)
            let isWaiting = try Bool.fetchOne(
                database, sql: "SELECT is_due = 0 FROM awaiting WHERE address_hash = ?", arguments: [hash])
            if isWaiting == true { return true }
            let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM awaiting") ?? 0
            guard isWaiting != nil || count < Self.maximumAwaiting else { return false }
            let id = Hex.encode(Random.bytes(8))
            try database.execute(
                sql: """
                    INSERT OR REPLACE INTO awaiting (address_hash, id, sealed, boot_id, since_boot, since_unix, life)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    hash, id, self.sealing.seal(Array(account.utf8), mailID: id), now.bootID,
                    now.sinceBoot.wholeMilliseconds, now.unixSeconds, Self.awaitingLife.wholeMilliseconds,
                ])
            return true
        }
    }

    /// The addresses that wait; without those that no key opens any more.
    package func awaitingAccounts() throws(Fault) -> [String] {
        try read { database, now in
            try AwaitingRow.fetchAll(database, isDue: false)
                .filter { $0.remaining(at: now) > .zero }
                .compactMap { $0.account(self.sealing) }
        }
    }

    /// Makes a mail of every wish: it is due at once.
    ///
    /// - Returns: How many became due.
    package func releaseAwaiting() throws(Fault) -> Int {
        try write { database, now in
            try Self.deleteExpiredAwaiting(in: database, at: now)
            try database.execute(
                sql: """
                    UPDATE awaiting SET is_due = 1, boot_id = ?, since_boot = ?, since_unix = ?, life = ?
                    WHERE is_due = 0
                    """,
                arguments: [
                    now.bootID, now.sinceBoot.wholeMilliseconds, now.unixSeconds,
                    Self.noticeLife.wholeMilliseconds,
                ])
            return database.changesCount
        }
    }

    /// Forgets that an address waits, the mail that is due to it too.
    package func stopAwaiting(account: String) throws(Fault) {
        try write { database, _ in try Self.stopAwaiting(account: account, in: database) }
    }

    /// Deletes wishes and mails whose time is over.
    package func purgeAwaiting() throws(Fault) {
        try write { database, now in try Self.deleteExpiredAwaiting(in: database, at: now) }
    }

    /// In the transaction that signs the address out.
    static func stopAwaiting(account: String, in database: Database) throws {
        try database.execute(
            sql: "DELETE FROM awaiting WHERE address_hash = ?", arguments: [hash(account)])
    }

    /// The mails that are due, in no order that matters.
    func dueNotices(
        excluding excluded: Set<String>, limit: Int, in database: Database, at now: Stamp
    ) throws -> [WaitingMail] {
        let rows = try AwaitingRow.fetchAll(database, isDue: true)
        return rows.lazy.filter { !excluded.contains($0.id) && $0.remaining(at: now) > .zero }
            .prefix(limit)
            .map { row in
                let account = row.account(self.sealing)
                return WaitingMail(
                    id: row.id, kind: .recovery, payload: account.map { Array($0.utf8) },
                    account: account ?? "", attempts: row.attempts, remaining: row.remaining(at: now))
            }
    }

    /// Whose mail it is, once it is deleted; nil when there is none of that id.
    func takeNotice(_ id: String, in database: Database) throws -> String? {
        let row = try Row.fetchOne(database, sql: "SELECT * FROM awaiting WHERE id = ?", arguments: [id])
        guard let row = row.map(AwaitingRow.init(row:)) else { return nil }
        try database.execute(sql: "DELETE FROM awaiting WHERE id = ?", arguments: [id])
        return row.account(sealing) ?? ""
    }

    private static func deleteExpiredAwaiting(in database: Database, at now: Stamp) throws {
        let rows =
            try AwaitingRow.fetchAll(database, isDue: false)
            + AwaitingRow.fetchAll(database, isDue: true)
        for row in rows where row.remaining(at: now) <= .zero {
            try database.execute(sql: "DELETE FROM awaiting WHERE id = ?", arguments: [row.id])
        }
    }

    /// Only tells two rows apart; sessions and links beside it name their accounts.
    private static func hash(_ account: String) -> String { Hex.encode(SHA256.hash(account.utf8)) }
}

/// A row of `awaiting`.
private struct AwaitingRow {
    let id: String
    let sealed: String
    let attempts: Int
    /// When the wish was kept, or the mail became due.
    let since: Stamp
    let life: Duration

    init(row: Row) {
        self.id = row["id"]
        self.sealed = row["sealed"]
        self.attempts = row["attempts"]
        self.since = Stamp(
            bootID: row["boot_id"], sinceBoot: .milliseconds(row["since_boot"] as Int64),
            unixSeconds: row["since_unix"])
        self.life = .milliseconds(row["life"] as Int64)
    }

    static func fetchAll(_ database: Database, isDue: Bool) throws -> [AwaitingRow] {
        try Row.fetchAll(database, sql: "SELECT * FROM awaiting WHERE is_due = ?", arguments: [isDue])
            .map(AwaitingRow.init(row:))
    }

    func remaining(at now: Stamp) -> Duration { life - max(.zero, since.age(at: now)) }

    func account(_ sealing: Sealing) -> String? {
        sealing.open(sealed, mailID: id).map { String(decoding: $0, as: UTF8.self) }
    }
}
