package import GateModel
package import Mail

/// Everything that the owner can ask of the running gateway, over whichever door.
///
/// The composition root fills it in; nothing here knows HTTP.
package struct OwnerActions: Sendable {
    package var status: @Sendable () async -> ServiceStatus
    /// Live sessions, the last used first.
    package var sessions: @Sendable () async -> [SessionRow]
    /// Ends the session that the id or its beginning names; how many were ended.
    package var revokeSession: @Sendable (_ id: String) async throws(Fault) -> Int
    /// Ends all sessions of an address and voids its links; how many sessions were ended.
    package var revokeUser: @Sendable (EmailAddress) async throws(Fault) -> Int
    package var issueLink: @Sendable (EmailAddress) async throws(Fault) -> IssuedLink
    /// Whether a link's token would sign somebody in now; asking changes nothing.
    package var linkCounts: @Sendable (_ token: String) async throws(Fault) -> Bool
    package var testMail: @Sendable (EmailAddress) async -> MailTestReport
    /// The last sign-ins, the newest first.
    package var recentSignIns: @Sendable () async -> [SignInRow]
    /// About the paths to the app.
    package var tunnels: TunnelActions

    package init(
        status: @escaping @Sendable () async -> ServiceStatus,
        sessions: @escaping @Sendable () async -> [SessionRow],
        revokeSession: @escaping @Sendable (_ id: String) async throws(Fault) -> Int,
        revokeUser: @escaping @Sendable (EmailAddress) async throws(Fault) -> Int,
        issueLink: @escaping @Sendable (EmailAddress) async throws(Fault) -> IssuedLink,
        linkCounts: @escaping @Sendable (_ token: String) async throws(Fault) -> Bool,
        testMail: @escaping @Sendable (EmailAddress) async -> MailTestReport,
        recentSignIns: @escaping @Sendable () async -> [SignInRow], tunnels: TunnelActions
    ) {
        self.status = status
        self.sessions = sessions
        self.revokeSession = revokeSession
        self.revokeUser = revokeUser
        self.issueLink = issueLink
        self.linkCounts = linkCounts
        self.testMail = testMail
        self.recentSignIns = recentSignIns
        self.tunnels = tunnels
    }
}
