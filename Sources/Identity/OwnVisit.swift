package import GateModel
import Store
import Synchronization

/// A visit of the program itself, such as a drill's: it signs in to its own gateway for some seconds, so that
/// what it measures is what a visitor would.
package struct OwnVisit: Sendable {
    /// The session cookie's value.
    package let cookie: Secret
    let session: Session

    /// Who it is to the app: a name that nobody can own (RFC 2606 §2).
    static let user = "drill@runegate.invalid"
}

extension SessionTable {
    /// Begins a visit that ends with ``end(_:)``, after `life` at the latest, and with the process.
    ///
    /// It is in no list, counts for no policy, and its secret never leaves the process but to its own listener.
    package func beginOwnVisit(life: Duration) throws(Fault) -> OwnVisit {
        let now = time.now()
        guard let email = try? EmailAddress(OwnVisit.user), let address = try? IPAddress("127.0.0.1") else {
            throw Fault(
                code: "own-visit", problem: "The program cannot name itself", remedy: "Report this mistake.")
        }
        let identifier = SessionToken.randomIdentifier()
        let session = Session(
            id: SessionID(identifier: identifier), email: email,
            begun: SessionBeginning(
                unixSeconds: now.unixSeconds, client: Client(address: address, userAgent: "runegate")),
            begunMilliseconds: now.sinceBoot.wholeMilliseconds, lifeMilliseconds: life.wholeMilliseconds,
            lastUseMilliseconds: now.sinceBoot.wholeMilliseconds)
        let token = SessionToken(
            identifier: identifier, subject: session.user, issuedAt: now.unixSeconds,
            expiresAt: session.expiresUnixSeconds)
        registry.withLock { $0.own[session.id] = session }
        return OwnVisit(cookie: Secret(text: token.signed(with: keys)), session: session)
    }

    /// Ends the visit: its cookie counts no more.
    package func end(_ visit: OwnVisit) {
        registry.withLock { _ = $0.own.removeValue(forKey: visit.session.id) }
        visit.session.end()
        memo.dropEnded()
    }
}
