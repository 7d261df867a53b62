import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct SiteRouteTests {
    static let asset = "style.abc.css"
    let routes = SiteRoutes(assetNames: [Self.asset], hasDebugEndpoints: false)

    static let own: [(HTTPMethod, String, SiteRoute)] = [
        (.GET, "login", .signInPage), (.HEAD, "login", .signInPage), (.POST, "login", .requestLink),
        (.GET, "auth", .openLink), (.HEAD, "auth", .openLink), (.POST, "auth", .confirmLink),
        (.POST, "code", .enterCode), (.POST, "logout", .signOut), (.POST, "notify", .askForMail),
        (.GET, "health", .health),
        (.HEAD, "health", .health), (.GET, "assets/" + asset, .asset(asset)),
    ]

    @Test(arguments: own) func `our own addresses answer with or without a session`(
        method: HTTPMethod, name: String, route: SiteRoute
    ) {
        for isSignedIn in [false, true] {
            #expect(
                routes.route(method: method, path: "/.runegate/" + name, query: nil, isSignedIn: isSignedIn)
                    == route)
        }
    }

    @Test(arguments: [
        "", "x", "login/", "Login", "login.html", "auth/", "assets/", "assets/nothing.css", "assets/../login",
        "%6cogin",
        "login;x", "login%20", "/login", "./login", "login\u{301}", "loginx", "notify/",
    ])
    func `anything else under our prefix is not found and never the app's`(name: String) {
        for method in [HTTPMethod.GET, .POST, .DELETE, .OPTIONS] {
            for isSignedIn in [false, true] {
                let route = routes.route(
                    method: method, path: "/.runegate/" + name, query: nil, isSignedIn: isSignedIn)
                #expect(route == .notFound)
            }
        }
    }

    @Test(arguments: [
        (HTTPMethod.DELETE, "login", "GET, HEAD, POST"), (.PUT, "auth", "GET, HEAD, POST"),
        (.GET, "code", "POST"),
        (.HEAD, "code", "POST"), (.GET, "logout", "POST"), (.GET, "notify", "POST"),
        (.POST, "health", "GET, HEAD"),
        (.OPTIONS, "login", "GET, HEAD, POST"), (.RAW(value: "get"), "login", "GET, HEAD, POST"),
        (.POST, "assets/" + asset, "GET, HEAD"),
    ])
    func `a wrong method is told the right ones`(method: HTTPMethod, name: String, allow: String) {
        let route = routes.route(method: method, path: "/.runegate/" + name, query: nil, isSignedIn: false)
        #expect(route == .methodNotAllowed(allow: allow))
    }

    static let aliases: [(HTTPMethod, String, SiteRoute)] = [
        (.GET, "/health", .health), (.HEAD, "/health", .health), (.GET, "/login.html", .signInPage),
        (.POST, "/login", .requestLink), (.GET, "/auth", .openLink), (.GET, "/rate_limit_info", .rateLimits),
    ]

    @Test(arguments: aliases) func `aliases are ours only without a session`(
        method: HTTPMethod, path: String, route: SiteRoute
    ) {
        #expect(routes.route(method: method, path: path, query: nil, isSignedIn: false) == route)
        #expect(routes.route(method: method, path: path, query: nil, isSignedIn: true) == nil)
    }

    @Test(arguments: [
        ("token=x", true), ("a=b&token=", true), ("token", false), ("atoken=x", false), ("a=token=x", false),
        ("TOKEN=x", false), ("", false),
    ])
    func `the short link address is ours for the signed-in only with a token`(query: String, isOurs: Bool) {
        let route = routes.route(method: .GET, path: "/auth", query: query, isSignedIn: true)
        #expect(route == (isOurs ? .openLink : nil))
        #expect(routes.route(method: .POST, path: "/auth", query: query, isSignedIn: true) == nil)
    }

    @Test(arguments: [
        "/", "/login", "/logout", "/authors", "/auth/", "/health/", "/healthz", "/static/x.css", "/.runegate",
        "/.runegatex/login", "/x/.runegate/login", "//.runegate/login", "/debug/session", "/LOGIN.html",
    ])
    func `everything else is the app's`(path: String) {
        for isSignedIn in [false, true] {
            #expect(routes.route(method: .GET, path: path, query: "token=x", isSignedIn: isSignedIn) == nil)
        }
    }

    @Test(arguments: [
        ("/debug/session", SiteRoute.DebugView.session), ("/debug/cookies", .cookies),
        ("/debug/protected", .protected),
    ])
    func `debug addresses answer everybody when enabled`(path: String, view: SiteRoute.DebugView) {
        let routes = SiteRoutes(assetNames: [], hasDebugEndpoints: true)
        for isSignedIn in [false, true] {
            #expect(
                routes.route(method: .GET, path: path, query: nil, isSignedIn: isSignedIn) == .debug(view))
            #expect(routes.route(method: .POST, path: path, query: nil, isSignedIn: isSignedIn) == nil)
        }
    }
}
