internal import GateModel
package import Identity
package import Mail

// The owner's actions over the parts of the running gateway.

extension OwnerActions {
    /// Takes sessions and links from the gateway's own parts.
    ///
    /// `linkExpiry` is the life of a fresh link; it is read at each use, since a reload may change it.
    package init(
        sessions: SessionTable, signIn: SignIn, mail: any MailTesting,
        linkExpiry: @escaping @Sendable () -> Duration,
        status: @escaping @Sendable () async -> ServiceStatus,
        recentSignIns: @escaping @Sendable () async -> [SignInRow], tunnels: TunnelActions
    ) {
        self.init(
            status: status,
            sessions: { sessions.list().map(SessionRow.init) },
            revokeSession: { id throws(Fault) in try await sessions.revoke(id: id) },
            revokeUser: { user throws(Fault) in try await sessions.revoke(user: user) },
            issueLink: { email throws(Fault) in
                let url = try await signIn.issueLink(for: email)
                return IssuedLink(
                    url: url, email: email.description, expiresInSeconds: linkExpiry().components.seconds)
            },
            linkCounts: { token throws(Fault) in try await signIn.counts(token: token) },
            testMail: { await mail.test($0) },
            recentSignIns: recentSignIns, tunnels: tunnels)
    }
}
