import Cryptography
import GRDB
package import GateModel

/// What somebody shows to sign in.
package enum SignInProof: Sendable {
    /// A link whose token was verified: its claims must be those the link was made with.
    case link(id: String, account: String, issuedUnixSeconds: Int64, expiresUnixSeconds: Int64)
    /// A short code by its hashes, one for each key; it counts only together with the nonce.
    case code(hashes: [String])
}

/// What came of it.
package enum SpendResult: Sendable {
    /// The link is spent and the session is durable. `next` is nil unless the nonce matched.
    case spent(SessionRecord, next: String?)
    case refused(Refusal)

    /// Why not; for the audit, never for the visitor.
    package enum Refusal: String, Sendable {
        case notOpen = "spent, void, expired or unknown"
        case otherClaims = "claims differ from the link's"
        case notAllowed = "the policy does not allow the address"
        case wrongCode = "wrong code"
    }
}

/// The session to make when the proof counts.
package struct SessionDraft: Sendable {
    /// SHA-256 of the cookie's `sid`, in hexadecimal.
    package let id: String
    package let life: Duration
    package let clientAddress: String
    package let userAgent: String

    package init(id: String, life: Duration, clientAddress: String, userAgent: String) {
        self.id = id
        self.life = life
        self.clientAddress = clientAddress
        self.userAgent = userAgent
    }
}

extension StateStore {
    /// Wrong codes after which a mail's code no longer counts.
    package static let maximumCodeTries = 5

    /// Spends a link or a code, makes the session, and voids the address's other links: one durable
    /// transaction, after which exactly one caller has the session.
    ///
    /// `isAllowed` decides about the address inside the transaction. `committed` runs before any later
    /// change of the store, so that a revocation that follows finds the session in memory too.
    package func spend(
        _ proof: SignInProof, nonceHash: String?, draft: SessionDraft, isAllowed: @Sendable (String) -> Bool,
        committed: @Sendable (SessionRecord) -> Void
    ) throws(Fault) -> SpendResult {
        let result = try write { database, now in
            let (found, refusal) = try Self.resolve(proof, nonceHash: nonceHash, in: database, at: now)
            guard let link = found, isAllowed(link.account), try Self.markSpent(link, in: database) else {
                let reason = found == nil ? refusal : .notAllowed
                let entry = AuditEntry(
                    .signInRefused, account: found?.account, clientAddress: draft.clientAddress,
                    detail: reason.rawValue)
                try entry.append(to: database, at: now)
                return SpendResult.refused(reason)
            }
            let session = SessionRecord(
                id: draft.id, account: link.account, clientAddress: draft.clientAddress,
                userAgent: draft.userAgent, issued: now, life: draft.life, used: now)
            try session.insert(into: database)
            try Self.voidLinks(of: link.account, in: database)
            try AuditEntry(.signedIn, account: link.account, clientAddress: draft.clientAddress)
                .append(to: database, at: now)
            let isSameBrowser = link.nonceHash != nil && link.nonceHash == nonceHash
            return .spent(session, next: isSameBrowser ? link.next : nil)
        }
        if case .spent(let session, _) = result { committed(session) }
        return result
    }

    /// The open link that the proof proves, or why there is none.
    private static func resolve(
        _ proof: SignInProof, nonceHash: String?, in database: Database, at now: Stamp
    ) throws -> (LinkRecord?, SpendResult.Refusal) {
        switch proof {
        case .link(let id, let account, let issued, let expires):
            guard let link = try openLink(id: id, in: database, at: now) else { return (nil, .notOpen) }
            let isSame =
                link.account == account && link.issued.unixSeconds == issued
                && link.expiresUnixSeconds == expires
            return isSame ? (link, .notOpen) : (nil, .otherClaims)
        case .code(let hashes):
            guard let nonceHash else { return (nil, .wrongCode) }
            return (try codeLink(hashes: hashes, nonceHash: nonceHash, in: database, at: now), .wrongCode)
        }
    }

    /// The open link of the browser whose code it is.
    ///
    /// A wrong code is counted against every mail that the browser asked for, decoys too, before anything
    /// is answered.
    private static func codeLink(
        hashes: [String], nonceHash: String, in database: Database, at now: Stamp
    ) throws -> LinkRecord? {
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM links WHERE nonce_hash = ? AND state = ? AND code_tries < ?",
            arguments: [nonceHash, LinkState.open.rawValue, maximumCodeTries])
        let match = rows.map(LinkRecord.init(row:)).filter { link in
            let kept = Array((link.codeHash ?? "").utf8)
            // Every hash is compared, whichever matches.
            let matches = hashes.map { equalInConstantTime(kept, Array($0.utf8)) }
            return matches.contains(true) && link.remaining(at: now) > .zero
        }.first { !$0.isDecoy }
        if match == nil {
            try database.execute(
                sql: "UPDATE links SET code_tries = code_tries + 1 WHERE nonce_hash = ? AND state = ?",
                arguments: [nonceHash, LinkState.open.rawValue])
        }
        return match
    }

    /// The compare-and-set: true for exactly one caller.
    private static func markSpent(_ link: LinkRecord, in database: Database) throws -> Bool {
        try database.execute(
            sql: "UPDATE links SET state = ? WHERE id = ? AND state = ?",
            arguments: [LinkState.spent.rawValue, link.id, LinkState.open.rawValue])
        return database.changesCount == 1
    }

    /// Voids the address's open links and takes back mails that did not leave yet.
    static func voidLinks(of account: String, in database: Database) throws {
        try database.execute(
            sql: "UPDATE links SET state = ? WHERE account = ? AND state = ?",
            arguments: [LinkState.void.rawValue, account, LinkState.open.rawValue])
        try database.execute(
            sql: "DELETE FROM mails WHERE link_id IN (SELECT id FROM links WHERE account = ?)",
            arguments: [account])
    }
}
