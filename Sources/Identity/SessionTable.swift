import Cryptography
package import GateModel
import Logging
import Store
import Synchronization

/// Every live session, in memory: what requests are checked against.
///
/// A session is here as soon as its transaction is durable, and gone before its end is written: this table
/// never knows a session that the database does not, except while the database is away.
package final class SessionTable: Sendable {
    /// A cookie that counts.
    package struct Authenticated: Sendable {
        package let session: Session
        /// The cookie to set instead: the presented one was signed by a previous key.
        package let reissuedCookie: String?
    }

    struct Registry {
        var live: [SessionID: Session] = [:]
        /// Visits of the program itself: in no list and no database.
        var own: [SessionID: Session] = [:]
        /// Ids, in hexadecimal, whose end is not durable yet.
        var pendingEnds: Set<String> = []
        /// The opening of the database that ``live`` was last compared with.
        var generation = 0
    }

    private let store: StateStore
    let keys: KeyTable
    private let settings: LiveSettings
    let time: any TimeSource
    private let logger = Logger(label: "identity")
    let memo = CookieMemo()
    let registry = Mutex(Registry())
    /// Absolute and idle life in milliseconds, read on every request.
    private let limitMilliseconds: Atomic<Int64>
    private let idleMilliseconds: Atomic<Int64>

    init(store: StateStore, keys: KeyTable, settings: LiveSettings, time: any TimeSource) {
        self.store = store
        self.keys = keys
        self.settings = settings
        self.time = time
        self.limitMilliseconds = Atomic(settings.current.sessionLife.wholeMilliseconds)
        self.idleMilliseconds = Atomic(settings.current.sessionIdle.wholeMilliseconds)
    }

    // MARK: - Requests

    /// The session of a cookie's value at a door; asking counts as a use of it.
    ///
    /// Memory only, no waiting.
    package func authenticate(_ cookieValue: some StringProtocol, at door: Door = .app) -> Authenticated? {
        guard cookieValue.utf8.count <= SignedToken.maximumBytes else { return nil }
        let found = cookieValue.utf8.withContiguousStorageIfAvailable { bytes in
            memo.find(UnsafeRawBufferPointer(bytes))
        }
        guard let entry = (found ?? nil) ?? verify(String(cookieValue), at: door), entry.door == door,
            isLive(entry.session)
        else { return nil }
        entry.session.markUsed(at: milliseconds)
        return Authenticated(session: entry.session, reissuedCookie: entry.reissued)
    }

    /// Counts as a use of the session: streams say so while bytes move.
    package func touch(_ session: Session) {
        session.markUsed(at: milliseconds)
    }

    /// Calls back once when the session is signed out, revoked or expires; at once if it has ended.
    package func onEnd(of session: Session, _ callback: @escaping @Sendable () -> Void) -> EndRegistration {
        EndRegistration(session: session, number: session.watchers.add(callback) ?? 0)
    }

    /// Verifies a cookie that was not seen yet: every claim must be the live session's.
    private func verify(_ cookie: String, at door: Door) -> CookieMemo.Entry? {
        guard let (token, isPrevious) = SessionToken.verify(cookie, keys: keys, at: door) else { return nil }
        let id = SessionID(identifier: token.identifier)
        guard let session = registry.withLock({ $0.live[id] ?? $0.own[id] }),
            session.user == token.subject,
            session.begun.unixSeconds == token.issuedAt, session.expiresUnixSeconds == token.expiresAt
        else { return nil }
        let entry = CookieMemo.Entry(
            cookie: Array(cookie.utf8), door: door, session: session,
            reissued: isPrevious ? token.signed(with: keys) : nil)
        memo.insert(entry)
        return entry
    }

    private func isLive(_ session: Session) -> Bool {
        !session.hasEnded && remainingMilliseconds(of: session, at: milliseconds) > 0
    }

    private func remainingMilliseconds(of session: Session, at now: Int64) -> Int64 {
        let life = min(session.lifeMilliseconds, limitMilliseconds.load(ordering: .relaxed))
        return min(
            session.begunMilliseconds + life - now,
            session.lastUseMilliseconds + idleMilliseconds.load(ordering: .relaxed) - now)
    }

    private var milliseconds: Int64 { time.now().sinceBoot.wholeMilliseconds }

    // MARK: - Lists and ends

    /// All live sessions, the last used first.
    package func list() -> [SessionSummary] {
        let now = milliseconds
        return registry.withLock { Array($0.live.values) }
            .sorted { $0.lastUseMilliseconds > $1.lastUseMilliseconds }
            .compactMap { session in
                let remaining = remainingMilliseconds(of: session, at: now)
                guard remaining > 0 else { return nil }
                return SessionSummary(
                    id: session.id, email: session.email, begun: session.begun,
                    idleFor: .milliseconds(max(0, now - session.lastUseMilliseconds)),
                    expiresIn: .milliseconds(remaining))
            }
    }

    /// How many addresses are signed in.
    package var userCount: Int {
        let now = milliseconds
        return registry.withLock { registry in
            Set(registry.live.values.filter { remainingMilliseconds(of: $0, at: now) > 0 }.map(\.email)).count
        }
    }

    /// Ends the session whose id begins with `prefix` (at least 8 hexadecimal digits).
    ///
    /// Returns how many were ended: 0 when none is called so. Throws when the prefix is too short or fits
    /// several, or when the end could not be made durable: then it has ended in memory all the same.
    package func revoke(id prefix: String) async throws(Fault) -> Int {
        let prefix = prefix.lowercased()
        guard prefix.utf8.count >= 8 else {
            throw Fault(
                code: "session-id-short", problem: "\"\(prefix)\" is too short for a session's id",
                remedy: "Give at least 8 digits of it; `runegate sessions list` shows them")
        }
        let found = registry.withLock { $0.live.values.filter { Hex.encode($0.id.hash).hasPrefix(prefix) } }
        guard found.count <= 1 else {
            throw Fault(
                code: "session-id-ambiguous", problem: "\(found.count) sessions have an id that begins so",
                remedy: "Give more digits of it; `runegate sessions list` shows them")
        }
        guard let session = found.first else { return 0 }
        try await end(session, event: .revoked)
        return 1
    }

    /// Ends all sessions of an address, and voids its links; returns how many were ended.
    package func revoke(user: EmailAddress) async throws(Fault) -> Int {
        try await shutOut(user, detail: "by the operator")
    }

    /// Signs out: durable before it returns.
    package func end(_ session: Session) async throws(Fault) {
        try await end(session, event: .signedOut)
    }

    private func end(_ session: Session, event: AuditEntry.Event) async throws(Fault) {
        let id = Hex.encode(session.id.hash)
        forget([session])
        try await store.deleteSessions([id], audit: AuditEntry(event, account: session.user))
        registry.withLock { _ = $0.pendingEnds.remove(id) }
        logger.info("session ended", metadata: ["how": "\(event.rawValue)", "session": "\(session.id)"])
    }

    private func shutOut(_ user: EmailAddress, detail: String) async throws(Fault) -> Int {
        let before = forget(sessions(of: user))
        let entry = AuditEntry(.revoked, account: user.description, detail: detail)
        try await store.shutOut(account: user.description, audit: entry)
        // One that was being made meanwhile is in memory by now, and its row was just deleted.
        let after = forget(sessions(of: user))
        registry.withLock { $0.pendingEnds.subtract(before + after) }
        logger.info(
            "sessions revoked",
            metadata: ["user": "\(user.masked)", "count": "\(before.count + after.count)"])
        return before.count + after.count
    }

    private func sessions(of user: EmailAddress) -> [Session] {
        registry.withLock { $0.live.values.filter { $0.email == user } }
    }

    /// Takes sessions out of memory and closes their streams; their ends still have to be written.
    @discardableResult private func forget(_ sessions: [Session]) -> [String] {
        let ids = sessions.map { Hex.encode($0.id.hash) }
        registry.withLock { registry in
            registry.pendingEnds.formUnion(ids)
            for session in sessions { registry.live[session.id] = nil }
        }
        for session in sessions { session.end() }
        memo.dropEnded()
        return ids
    }
}

extension SessionTable {
    // MARK: - Database and time

    /// Takes a session whose transaction was just made durable.
    func adopt(_ record: SessionRecord) {
        guard let session = Session(record) else { return }
        registry.withLock { $0.live[session.id] = session }
    }

    /// The live session of that id.
    func session(_ id: SessionID) -> Session? { registry.withLock { $0.live[id] } }

    /// Brings memory and a newly opened database together; does nothing while they are.
    func synchronize() async throws(Fault) {
        if let fault = await store.currentFault() { throw fault }
        let generation = await store.generation
        guard generation != registry.withLock({ $0.generation }) else { return }
        let current = settings.current
        try await store.loadSessions(life: current.sessionLife, idle: current.sessionIdle) { id in
            self.registry.withLock { $0.pendingEnds.contains(id) }
        } loaded: { records in
            for record in records { self.adoptLoaded(record) }
        }
        try await store.restoreSessions { self.records() }
        registry.withLock { $0.generation = generation }
        try await dropDisallowed()
    }

    private func adoptLoaded(_ record: SessionRecord) {
        guard let session = Session(record) else { return }
        registry.withLock { registry in
            guard registry.live[session.id] == nil, !registry.pendingEnds.contains(record.id) else { return }
            registry.live[session.id] = session
        }
    }

    /// Takes the new lifetimes and policy from the settings in force.
    func settingsChanged() async throws(Fault) {
        let current = settings.current
        limitMilliseconds.store(current.sessionLife.wholeMilliseconds, ordering: .relaxed)
        idleMilliseconds.store(current.sessionIdle.wholeMilliseconds, ordering: .relaxed)
        try await dropDisallowed()
    }

    /// Signs out whom the policy no longer allows.
    private func dropDisallowed() async throws(Fault) {
        let policy = settings.current.policy
        let users = Set(registry.withLock { $0.live.values.map(\.email) }.filter { !policy.allows($0) })
        // All of them at once in memory: a slow disk must not keep the last of them in.
        forget(users.flatMap(sessions(of:)))
        for user in users { _ = try await shutOut(user, detail: "the policy no longer allows the address") }
    }

    /// Ends what has expired, and writes what could not be written before.
    func sweep() async throws(Fault) {
        let now = milliseconds
        let expired = registry.withLock {
            $0.live.values.filter { remainingMilliseconds(of: $0, at: now) <= 0 }
        }
        if !expired.isEmpty { forget(expired) }
        let ids = registry.withLock { $0.pendingEnds }
        guard !ids.isEmpty else { return }
        try await store.deleteSessions(Array(ids), audit: nil)
        registry.withLock { $0.pendingEnds.subtract(ids) }
    }

    /// Writes the last uses since the last call in one transaction.
    func saveLastUses() async throws(Fault) {
        let now = milliseconds
        let sessions = registry.withLock { Array($0.live.values) }
        let used = sessions.compactMap { session in
            session.takeUnsavedUse().map { (session: session, idle: Duration.milliseconds(max(0, now - $0))) }
        }
        guard !used.isEmpty else { return }
        do throws(Fault) {
            try await store.saveLastUses(used.map { (Hex.encode($0.session.id.hash), $0.idle) })
        } catch {
            for (session, _) in used { session.forgetSavedUse() }
            throw error
        }
    }

    /// The live sessions as the database keeps them.
    private func records() -> [SessionRecord] {
        let now = Stamp(now: time)
        return registry.withLock { Array($0.live.values) }.map { $0.record(at: now) }
    }
}
