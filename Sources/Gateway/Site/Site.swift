package import GateConfig
package import GateModel
package import Identity
package import NIOHTTP1

/// Runegate's own pages: everything under `/.runegate/` and its aliases, and the answers given in the app's
/// place.
///
/// Holds no state; a reload makes a new one.
package final class Site: Sendable {
    /// The largest body of a form; the edge refuses more (``FailureKind/payloadTooLarge``).
    package static let maximumBodyBytes = 16 * 1024

    /// Reads and writes our cookies, and keeps them away from the app.
    package let cookies: SiteCookies

    let settings: Settings
    let version: String
    let useCases: SignInUseCases
    let assets: Assets
    let layout: PageLayout
    let origins: OurOrigins
    let confirmation: ConfirmationKey
    private let routes: SiteRoutes
    /// Nil at the owner's door.
    let recovery: RecoveryUseCases?
    let time: any TimeSource
    /// The owner's page, at the owner's door; nil at the app's.
    let ownerPageAnswer: OwnerPageAnswer?
    /// The way to the enrolment unit; nil where nobody joins.
    let enrollRelay: EnrollRelay?

    /// A site for one door; with `ownerPage` it is the owner's.
    ///
    /// - Throws: When the configured logo cannot be read.
    package convenience init(
        settings: Settings, signIn: SignIn, sessions: SessionTable, version: String,
        recovery: RecoveryUseCases? = nil, ownerPage: OwnerPageAnswer? = nil, enrollRelay: EnrollRelay? = nil
    ) throws(Fault) {
        try self.init(
            settings: settings, useCases: SignInUseCases(signIn: signIn, sessions: sessions),
            version: version, recovery: recovery, ownerPage: ownerPage, enrollRelay: enrollRelay)
    }

    init(
        settings: Settings, useCases: SignInUseCases, version: String, recovery: RecoveryUseCases? = nil,
        ownerPage: OwnerPageAnswer? = nil, enrollRelay: EnrollRelay? = nil,
        time: any TimeSource = SystemTime()
    ) throws(Fault) {
        self.recovery = recovery
        self.time = time
        self.enrollRelay = enrollRelay
        self.settings = settings
        self.ownerPageAnswer = ownerPage
        self.version = version
        self.useCases = useCases
        self.cookies = SiteCookies(settings: settings.cookies, isHTTPS: settings.baseURL.isHTTPS)
        self.assets = Assets(
            accent: AccentColor(settings.brand.color),
            logo: try settings.brand.logo.map(BrandLogo.read(path:)))
        self.layout = PageLayout(brand: settings.brand.name, assets: assets)
        self.origins = OurOrigins(settings.baseURL)
        self.confirmation = ConfirmationKey(sessionKey: settings.tokens.sessionKey)
        self.routes = SiteRoutes(
            assetNames: Set(assets.files.keys), hasDebugEndpoints: settings.proxy.hasDebugEndpoints)
    }

    /// Whose request it is: a route of ours, or nil for the app's.
    ///
    /// Pure; `path` and `query` are raw.
    package func route(method: HTTPMethod, path: String, query: String?, isSignedIn: Bool) -> SiteRoute? {
        routes.route(method: method, path: path, query: query, isSignedIn: isSignedIn)
    }

    /// Answers a request for one of our own addresses.
    package func respond(to request: LocalRequest, route: SiteRoute) async -> LocalResponse {
        guard request.body.count <= Self.maximumBodyBytes else {
            return failure(.payloadTooLarge, wantsHTML: wantsPage(request.headers))
        }
        // Asking for a link is open to everybody: a foreign page gains nothing by it, since it binds nothing. What
        // is enrolled is sealed.
        if request.method == .POST, route != .requestLink, route != .enroll, !origins.mayPost(request.headers)
        {
            return failure(.forbidden, wantsHTML: wantsPage(request.headers))
        }
        switch route {
        case .signInPage: return signInPage(request)
        case .requestLink: return await requestLink(request)
        case .openLink: return await openLink(request)
        case .confirmLink: return await confirmLink(request)
        case .enterCode: return await enterCode(request)
        case .signOut: return await signOut(request)
        case .askForMail: return await askForMail(request)
        case .enroll: return await enroll(request)
        case .health: return health()
        case .rateLimits: return rateLimits()
        case .debug(let view): return debug(view, request)
        case .ownerPage: return await ownerPage(request)
        case .asset(let name):
            return assets.response(name) ?? failure(.notFound, wantsHTML: wantsPage(request.headers))
        case .notFound: return failure(.notFound, wantsHTML: wantsPage(request.headers))
        case .methodNotAllowed(let allow):
            return methodNotAllowed(allow, wantsHTML: wantsPage(request.headers))
        }
    }
}
