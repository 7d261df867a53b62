import Cryptography
package import GateModel
import Logging
import Mail
import Store

/// The use cases of signing in: ask for a link, look at it, spend it.
///
/// Whoever asks is answered the same and after the same work, listed or not: an unlisted address gets the
/// same rows in the same transaction, marked as decoys that never leave and never count.
package final class SignIn: Sendable {
    private let store: StateStore
    private let keyring: Keyring
    private let sessions: SessionTable
    private let mails: MailQueue
    private let limits: Limits
    private let settings: LiveSettings
    /// Where its sessions count.
    private let door: Door
    private let time: any TimeSource
    private let logger = Logger(label: "identity")

    init(
        store: StateStore, keyring: Keyring, sessions: SessionTable, mails: MailQueue, limits: Limits,
        settings: LiveSettings, door: Door = .app, time: any TimeSource
    ) {
        self.store = store
        self.keyring = keyring
        self.sessions = sessions
        self.mails = mails
        self.limits = limits
        self.settings = settings
        self.door = door
        self.time = time
    }

    /// Asks for a link by mail.
    ///
    /// `nonce` is 16 random bytes that the asking browser keeps in a cookie; nil binds nothing. `next` is
    /// where to go after signing in with the same nonce; it is dropped unless ``SafeRedirect`` takes it.
    package func requestLink(email: String, client: Client, nonce: [UInt8]?, next: String?) async
        -> LinkAnswer
    {
        guard let address = try? EmailAddress(email) else { return .malformed }
        if let limit = limits.login(from: client.address) ?? limits.cooldown(of: address) {
            log("link request limited", client, address, ["limit": "\(limit.kind.rawValue)"])
            return .limited(limit)
        }
        let isAllowed = settings.current.policy.allows(address)
        let link = NewLink(
            account: address, keyring: keyring, settings: settings.current, now: Stamp(now: time),
            binding: NewLink.Binding(nonce: nonce, next: next, client: client), isDecoy: !isAllowed)
        do throws(Fault) {
            let hasRoom = try await store.add(
                link.record, mail: QueuedMail(id: link.job.id, payload: link.job.payload),
                audit: AuditEntry(
                    isAllowed ? .linkRequested : .linkRequestedByStranger, account: address.description,
                    clientAddress: client.address.description))
            mails.wake()
            log(
                "link requested", client, address,
                ["listed": "\(isAllowed)", "queued": "\(isAllowed && hasRoom)", "mail": "\(link.job.id)"])
            return .accepted
        } catch {
            // Nothing was sent, so there is nothing to wait for.
            limits.clearCooldown(of: address)
            log("link request failed", client, address, ["code": "\(error.code)"])
            return .unavailable
        }
    }

    /// Looks at a link without using it up.
    ///
    /// A look at a valid link is not counted as a try: mail scanners look often.
    package func viewLink(token: String, nonce: [UInt8]?, client: Client) async -> LinkViewAnswer {
        if let limit = limits.token(from: client.address) { return .limited(limit) }
        let current = settings.current
        guard let token = LinkToken.verify(token, keys: keyring.links, origin: current.baseURL.origin) else {
            return .invalid
        }
        do throws(Fault) {
            guard let link = try await store.openLink(id: token.recordID), token.matches(link),
                let account = try? EmailAddress(link.account), current.policy.allows(account)
            else { return .invalid }
            limits.refundToken(from: client.address)
            let address = link.clientAddress.flatMap { try? IPAddress($0) }
            return .valid(
                LinkView(
                    account: account,
                    isSameBrowser: link.nonceHash != nil && link.nonceHash == NewLink.hash(nonce: nonce),
                    requestedAt: link.issued.unixSeconds,
                    requestedBy: address.map { Client(address: $0, userAgent: link.userAgent ?? "") },
                    expiresIn: link.remaining(at: Stamp(now: time))))
        } catch {
            return .unavailable
        }
    }

    /// Whether a link's token would sign somebody in now, for `runegate token inspect`; changes nothing.
    package func counts(token: String) async throws(Fault) -> Bool {
        let current = settings.current
        guard let token = LinkToken.verify(token, keys: keyring.links, origin: current.baseURL.origin),
            let link = try await store.openLink(id: token.recordID), token.matches(link),
            let account = try? EmailAddress(link.account)
        else { return false }
        return current.policy.allows(account)
    }

    /// Counts a try of something secret that is checked elsewhere.
    package func countTry(of client: Client) -> Limit? { limits.token(from: client.address) }

    /// Spends a link: one durable transaction with the session it makes.
    package func spend(token: String, nonce: [UInt8]?, client: Client) async -> SignInAnswer {
        if let limit = limits.token(from: client.address) { return .limited(limit) }
        let origin = settings.current.baseURL.origin
        guard let token = LinkToken.verify(token, keys: keyring.links, origin: origin) else {
            logger.info(
                "sign-in refused", metadata: ["client": "\(client.address)", "why": "not a token of ours"])
            return .invalid
        }
        let proof = SignInProof.link(
            id: token.recordID, account: token.subject, issuedUnixSeconds: token.issuedAt,
            expiresUnixSeconds: token.expiresAt)
        return await spend(proof, nonce: nonce, client: client)
    }

    /// Spends a short code, which counts only in the browser that asked for it.
    ///
    /// Every wrong code is counted against the browser's mails, in the database and whatever the limits are,
    /// and against the token limit.
    package func spend(code: String, nonce: [UInt8], client: Client) async -> SignInAnswer {
        if let limit = limits.token(from: client.address) { return .limited(limit) }
        guard let code = Base32.canonical(code), code.utf8.count == NewLink.codeLength,
            let nonceHash = NewLink.hash(nonce: nonce)
        else { return .invalid }
        let origin = settings.current.baseURL.origin
        let hashes = keyring.shortCodes.map {
            NewLink.hash(code: code, nonceHash: nonceHash, origin: origin, key: $0)
        }
        return await spend(.code(hashes: hashes), nonce: nonce, client: client)
    }

    private func spend(_ proof: SignInProof, nonce: [UInt8]?, client: Client) async -> SignInAnswer {
        let identifier = SessionToken.randomIdentifier()
        let draft = SessionDraft(
            id: Hex.encode(SessionID(identifier: identifier).hash), life: settings.current.sessionLife,
            clientAddress: client.address.description, userAgent: client.userAgent)
        do throws(Fault) {
            let result = try await store.spend(proof, nonceHash: NewLink.hash(nonce: nonce), draft: draft) {
                account in
                (try? EmailAddress(account)).map { self.settings.current.policy.allows($0) } ?? false
            } committed: { record in
                self.sessions.adopt(record)
            }
            switch result {
            case .refused(let reason):
                logger.info(
                    "sign-in refused", metadata: ["client": "\(client.address)", "why": "\(reason.rawValue)"])
                return .invalid
            case .spent(let record, let next):
                return begin(identifier, life: record.life, next: next, client: client)
            }
        } catch {
            return .unavailable
        }
    }

    private func begin(_ identifier: String, life: Duration, next: String?, client: Client) -> SignInAnswer {
        // Gone already when a revocation came between.
        guard let session = sessions.session(SessionID(identifier: identifier)) else { return .invalid }
        limits.clearCooldown(of: session.email)
        log("signed in", client, session.email, ["session": "\(session.id)"])
        let token = SessionToken(
            identifier: identifier, subject: session.user, issuedAt: session.begun.unixSeconds,
            expiresAt: session.expiresUnixSeconds, door: door)
        return .signedIn(
            NewSession(
                session: session, cookieValue: token.signed(with: keyring.session), email: session.email,
                next: next, expiresIn: life))
    }

    /// The address of a fresh link, for `runegate login-link`: not limited, bound to no browser, not mailed.
    package func issueLink(for email: EmailAddress) async throws(Fault) -> String {
        guard settings.current.policy.allows(email) else {
            throw Fault(
                code: "address-not-allowed", problem: "the policy does not allow \(email) to sign in",
                remedy:
                    "Add it to RUNEGATE_ALLOWED_EMAILS, or its domain to RUNEGATE_ALLOWED_DOMAINS, and reload"
            )
        }
        let link = NewLink(
            account: email, keyring: keyring, settings: settings.current, now: Stamp(now: time), binding: nil,
            isDecoy: false)
        _ = try await store.add(
            link.record, mail: nil, audit: AuditEntry(.linkIssued, account: email.description))
        logger.notice("link issued to the operator", metadata: ["user": "\(email.masked)"])
        return link.job.loginURL
    }

    private func log(
        _ message: Logger.Message, _ client: Client, _ email: EmailAddress, _ metadata: Logger.Metadata
    ) {
        let who: Logger.Metadata = ["client": "\(client.address)", "user": "\(email.masked)"]
        logger.info(message, metadata: who.merging(metadata) { _, new in new })
    }
}
