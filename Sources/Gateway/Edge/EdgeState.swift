import GateConfig
import GateModel
import Identity
import NIOHTTP1

// Everything that requests are decided by. Immutable: a reload replaces it as a whole, and a request that has
// begun keeps what it began with.

/// Our own pages, as far as the edge knows them.
protocol EdgeSite: Sendable {
    /// Whose request it is: a route of ours, or nil for the app's.
    func route(method: HTTPMethod, path: String, query: String?, isSignedIn: Bool) -> SiteRoute?
    func respond(to request: LocalRequest, route: SiteRoute) async -> LocalResponse
    /// The answer to a request for the app without a session.
    func challenge(method: HTTPMethod, target: String, headers: HTTPHeaders) -> LocalResponse
    /// The answer when something other than the app has to answer; a page that `retries` loads itself again.
    func failure(_ kind: FailureKind, wantsHTML: Bool, retries: Bool) -> LocalResponse
    /// The answer to a request for the app while no path leads there.
    func stranded(_ request: StrandedRequest) -> LocalResponse
}

extension Site: EdgeSite {}

/// What sessions are to the edge.
struct SessionAccess: Sendable {
    /// The live session of a cookie's value; memory only.
    let authenticate: @Sendable (String) -> SessionTable.Authenticated?
    /// Counts stream activity as a use.
    let touch: @Sendable (Session) -> Void

    init(_ table: SessionTable) {
        self.authenticate = { table.authenticate($0) }
        self.touch = { table.touch($0) }
    }

    /// Sessions of the owner's door: only those begun there, and only while their address is an admin's.
    init(_ table: SessionTable, ofOwners admins: Set<EmailAddress>) {
        self.authenticate = { cookie in
            table.authenticate(cookie, at: .owner).flatMap { admins.contains($0.session.email) ? $0 : nil }
        }
        self.touch = { table.touch($0) }
    }

    init(
        authenticate: @escaping @Sendable (String) -> SessionTable.Authenticated?,
        touch: @escaping @Sendable (Session) -> Void
    ) {
        self.authenticate = authenticate
        self.touch = touch
    }
}

final class EdgeState: Sendable {
    let baseURL: BaseURL
    let site: any EdgeSite
    let cookies: SiteCookies
    let sessions: SessionAccess
    let requestGuard: RequestGuard
    let clientAddress: ClientAddress
    /// The serialised origins that pages of ours have.
    let origins: Set<String>
    /// `http` or `https`, as visitors see us.
    let publicScheme: String
    let sendsIdentityHeaders: Bool
    let streamsResponses: Bool
    let logsRequests: Bool
    let sessionLifetime: Duration
    /// What counts at the owner's door; nil without one.
    let owner: EdgeState?

    init(
        settings: Settings, site: any EdgeSite, cookies: SiteCookies, sessions: SessionAccess,
        owner: EdgeState? = nil
    ) {
        let authorities = settings.baseURL.acceptedAuthorities
        self.owner = owner
        self.baseURL = settings.baseURL
        self.site = site
        self.cookies = cookies
        self.sessions = sessions
        self.requestGuard = RequestGuard(
            authorities: authorities.sorted(),
            ownerAuthorities: owner.map { $0.baseURL.acceptedAuthorities.sorted() } ?? [])
        self.clientAddress = ClientAddress(trusted: settings.proxy.trustedProxies)
        self.publicScheme = settings.baseURL.scheme.rawValue
        self.origins = Set(authorities.map { "\(settings.baseURL.scheme.rawValue)://\($0)" })
        self.sendsIdentityHeaders = settings.proxy.sendsIdentityHeaders
        self.streamsResponses = settings.proxy.streamsResponses
        self.logsRequests = settings.proxy.logsRequests
        self.sessionLifetime = settings.tokens.sessionTTL
    }
}
