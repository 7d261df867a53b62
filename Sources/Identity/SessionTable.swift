package import GateModel

/// Every live session, in memory: what requests are checked against.
package final class SessionTable: Sendable {
    /// A cookie that counts.
    package struct Authenticated: Sendable {
        package let session: Session
        /// The cookie to set instead: the presented one was signed by a previous key.
        package let reissuedCookie: String?
    }

    /// The session of a cookie's value; asking counts as a use of it.
    ///
    /// Memory only, no waiting.
    package func authenticate(_ cookieValue: some StringProtocol) -> Authenticated? { nil }

    /// Counts as a use of the session: streams say so while bytes move.
    package func touch(_ session: Session) {}

    /// Calls back once when the session is signed out, revoked or expires; at once if it has ended.
    package func onEnd(of session: Session, _ callback: @escaping @Sendable () -> Void) -> EndRegistration {
        EndRegistration(session: session, number: session.watchers.add(callback) ?? 0)
    }

    /// All live sessions, the last used first.
    package func list() -> [SessionSummary] { [] }

    /// Ends the session whose id begins with `prefix` (at least 8 hexadecimal digits).
    ///
    /// - Returns: How many were ended: 0 when none is called so.
    /// - Throws: When the prefix is too short or fits several, or the end could not be made durable; in the
    ///   latter case the session has ended in memory all the same.
    package func revoke(id prefix: String) async throws(Fault) -> Int { 0 }

    /// Ends all sessions of an address, and voids its links.
    package func revoke(user: EmailAddress) async throws(Fault) -> Int { 0 }

    /// Signs out: durable before it returns.
    package func end(_ session: Session) async throws(Fault) {}
}
