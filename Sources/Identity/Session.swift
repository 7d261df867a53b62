import Cryptography
package import GateModel
import Store
import Synchronization

/// What a session is called outside its cookie: the SHA-256 of its secret identifier.
package struct SessionID: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let hash: [UInt8]

    init(hash: [UInt8]) {
        self.hash = hash
    }

    /// The name of the session whose cookie holds `identifier` as `sid`.
    init(identifier: String) {
        self.hash = SHA256.hash(identifier.utf8)
    }

    /// The first 16 hexadecimal digits: what `runegate sessions` shows and takes.
    package var description: String { Hex.encode(hash.prefix(8)) }
}

/// A live session; reading it takes no lock, since every signed-in request does.
package final class Session: Sendable {
    package let id: SessionID
    package let email: EmailAddress
    /// The address as text, made once for identity headers and logs.
    package let user: String
    /// When and by whom it was begun.
    package let begun: SessionBeginning
    /// Milliseconds since boot at which it began; negative when that was in an earlier boot.
    let begunMilliseconds: Int64
    /// The configured life it was begun with, in milliseconds.
    let lifeMilliseconds: Int64
    let watchers = EndWatchers()
    private let lastUse: Atomic<Int64>
    private let savedUse: Atomic<Int64>
    private let ended = Atomic(false)

    init(
        id: SessionID, email: EmailAddress, begun: SessionBeginning, begunMilliseconds: Int64,
        lifeMilliseconds: Int64, lastUseMilliseconds: Int64
    ) {
        self.id = id
        self.email = email
        self.user = email.description
        self.begun = begun
        self.begunMilliseconds = begunMilliseconds
        self.lifeMilliseconds = lifeMilliseconds
        self.lastUse = Atomic(lastUseMilliseconds)
        self.savedUse = Atomic(lastUseMilliseconds)
    }

    /// Whether it was signed out, revoked, or has expired.
    package var hasEnded: Bool { ended.load(ordering: .acquiring) }

    /// Milliseconds since boot of the last request or stream activity.
    var lastUseMilliseconds: Int64 { lastUse.load(ordering: .relaxed) }

    func markUsed(at milliseconds: Int64) {
        lastUse.max(milliseconds, ordering: .relaxed)
    }

    /// The last use if it was not written to the database yet; it counts as written from now on.
    func takeUnsavedUse() -> Int64? {
        let use = lastUseMilliseconds
        return savedUse.exchange(use, ordering: .relaxed) == use ? nil : use
    }

    /// Makes the last use count as not yet written.
    func forgetSavedUse() {
        savedUse.store(.min, ordering: .relaxed)
    }

    /// The wall clock at the end of its absolute life, as its token says in `exp`.
    var expiresUnixSeconds: Int64 { begun.unixSeconds + lifeMilliseconds / 1000 }

    /// Marks the end and tells everybody who waits for it; only the first call does anything.
    func end() {
        guard !ended.exchange(true, ordering: .acquiringAndReleasing) else { return }
        watchers.fire()
    }
}

extension Session {
    /// The session of a row of this boot; nil when the row cannot be read.
    convenience init?(_ record: SessionRecord) {
        guard let hash = Hex.decode(record.id), let email = try? EmailAddress(record.account),
            let address = try? IPAddress(record.clientAddress)
        else { return nil }
        self.init(
            id: SessionID(hash: hash), email: email,
            begun: SessionBeginning(
                unixSeconds: record.issued.unixSeconds,
                client: Client(address: address, userAgent: record.userAgent)),
            begunMilliseconds: record.issued.sinceBoot.wholeMilliseconds,
            lifeMilliseconds: record.life.wholeMilliseconds,
            lastUseMilliseconds: record.used.sinceBoot.wholeMilliseconds)
    }

    /// The session as the database keeps it.
    func record(at now: Stamp) -> SessionRecord {
        let used = Duration.milliseconds(lastUseMilliseconds)
        let idleSeconds = (now.sinceBoot - used).components.seconds
        return SessionRecord(
            id: Hex.encode(id.hash), account: user, clientAddress: begun.client.address.description,
            userAgent: begun.client.userAgent,
            issued: Stamp(
                bootID: now.bootID, sinceBoot: .milliseconds(begunMilliseconds),
                unixSeconds: begun.unixSeconds),
            life: .milliseconds(lifeMilliseconds),
            used: Stamp(bootID: now.bootID, sinceBoot: used, unixSeconds: now.unixSeconds - idleSeconds))
    }
}

/// How a session began.
package struct SessionBeginning: Hashable, Sendable {
    /// Seconds since the Unix epoch; also the token's `iat`.
    package let unixSeconds: Int64
    package let client: Client
}

/// A session as lists show it.
package struct SessionSummary: Sendable {
    package let id: SessionID
    package let email: EmailAddress
    package let begun: SessionBeginning
    /// How long ago the last request or stream activity was.
    package let idleFor: Duration
    /// What is left until it ends unless it is used: the shorter of idle and absolute life.
    package let expiresIn: Duration
}
