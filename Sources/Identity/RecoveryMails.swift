package import GateModel
import Logging
import Store
import Synchronization

/// The answer to "mail me when it is back".
package enum RecoveryAnswer: Equatable, Sendable {
    /// Kept, now or before.
    case accepted
    case limited(Limit)
    /// It could not be kept.
    case unavailable
}

/// "Mail me when it is back": keeps who asked, and writes to them once the app can be reached again.
///
/// The wishes are durable; memory holds a copy for pages that have to be made at once.
package final class RecoveryMails: Sendable {
    /// How often the paths are looked at while somebody waits; nobody waiting costs nothing.
    private static let interval = Duration.seconds(1)

    private let store: StateStore
    private let sessions: SessionTable
    private let mails: MailQueue
    private let limits: Limits
    private let time: any TimeSource
    private let logger = Logger(label: "identity")
    private let awaiting = Mutex<Set<EmailAddress>>([])
    private let signal = Signal()

    init(
        store: StateStore, sessions: SessionTable, mails: MailQueue, limits: Limits, time: any TimeSource
    ) {
        self.store = store
        self.sessions = sessions
        self.mails = mails
        self.limits = limits
        self.time = time
    }

    /// Whether the address waits already; memory only.
    package func isAwaiting(_ email: EmailAddress) -> Bool { awaiting.withLock { $0.contains(email) } }

    /// Keeps that the session's user wants a mail; durable before it returns.
    package func ask(_ session: Session, client: Client) async -> RecoveryAnswer {
        // Whoever waits already may ask again: it costs nothing.
        if !isAwaiting(session.email), let limit = limits.login(from: client.address) {
            return .limited(limit)
        }
        do throws(Fault) {
            guard try await store.addAwaiting(account: session.user) else { return .unavailable }
            guard sessions.session(session.id) != nil else {
                // It ended meanwhile, and its wish with it.
                try await store.stopAwaiting(account: session.user)
                return .unavailable
            }
        } catch {
            return .unavailable
        }
        awaiting.withLock { _ = $0.insert(session.email) }
        signal.raise()
        logger.info(
            "somebody waits for the app", metadata: ["user": "\(session.email.masked)"])
        return .accepted
    }

    /// Writes to everybody once the app was reachable for `stableFor`; until cancelled.
    ///
    /// - Parameters:
    ///   - stableFor: How long it has to be reachable without a break.
    ///   - isBroken: Whether it is out of reach now; asked every second while somebody waits.
    package func run(stableFor: Duration, isBroken: @escaping @Sendable () -> Bool) async {
        await refresh()
        while !Task.isCancelled {
            var rule = RecoveryRule(stableFor: stableFor)
            while isSomebodyAwaiting, !Task.isCancelled {
                if rule.isBack(isBroken: isBroken(), at: time.now().sinceBoot) { await release() }
                try? await Task.sleep(for: Self.interval)
            }
            await signal.wait()
        }
    }

    /// Forgets what is too old, and learns of wishes that were kept before a restart or ended meanwhile.
    func refresh() async {
        guard let accounts = try? await store.awaitingAccounts() else { return }
        let emails = Set(accounts.compactMap { try? EmailAddress($0) })
        awaiting.withLock { $0 = emails }
        if !emails.isEmpty { signal.raise() }
    }

    /// Makes a mail of every wish.
    func release() async {
        // Without a database the wishes stay, and the next turn tries again.
        guard let count = try? await store.releaseAwaiting() else { return }
        awaiting.withLock { $0 = [] }
        mails.wake()
        logger.notice("the app is back: writing to those who wait", metadata: ["mails": "\(count)"])
    }

    private var isSomebodyAwaiting: Bool { awaiting.withLock { !$0.isEmpty } }
}
