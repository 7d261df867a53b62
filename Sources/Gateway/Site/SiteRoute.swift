import NIOHTTP1

/// What one of our own addresses answers.
///
/// Everything else is the app's.
package enum SiteRoute: Equatable, Sendable {
    package enum DebugView: Equatable, Sendable {
        case session, cookies, protected
    }

    case signInPage
    case requestLink
    /// `GET /.runegate/auth`: the link from the mail.
    case openLink
    /// `POST /.runegate/auth`: the confirm page's button.
    case confirmLink
    case enterCode
    case signOut
    /// "Mail me when it is back".
    case askForMail
    /// The aibox joins, or asks something later.
    case enroll
    /// Answers for any `Host`.
    case health
    case rateLimits
    /// A file inside the binary, by its hashed name.
    case asset(String)
    case debug(DebugView)
    /// Whatever is not ours at the owner's door, for an admin who is signed in there.
    case ownerPage
    case notFound
    /// The address is ours, the method is not; `allow` is the `Allow` header (RFC 9110 §10.2.1).
    case methodNotAllowed(allow: String)
}

/// The exact table of our own addresses: no prefixes, no patterns, no decoding.
struct SiteRoutes: Sendable {
    /// Where everything of ours lives.
    ///
    /// Nothing below it ever reaches the app.
    static let prefix = "/.runegate/"

    private static let table: [String: [(HTTPMethod, SiteRoute)]] = [
        "login": [(.GET, .signInPage), (.POST, .requestLink)],
        "auth": [(.GET, .openLink), (.POST, .confirmLink)],
        "code": [(.POST, .enterCode)],
        "logout": [(.POST, .signOut)],
        "notify": [(.POST, .askForMail)],
        "enroll": [(.POST, .enroll)],
        "health": [(.GET, .health)],
    ]

    private let assetNames: Set<String>
    private let hasDebugEndpoints: Bool

    init(assetNames: Set<String>, hasDebugEndpoints: Bool) {
        self.assetNames = assetNames
        self.hasDebugEndpoints = hasDebugEndpoints
    }

    /// What answers, or nil when the app does.
    ///
    /// HEAD goes where GET goes.
    func route(method: HTTPMethod, path: String, query: String?, isSignedIn: Bool) -> SiteRoute? {
        let method = method == .HEAD ? .GET : method
        if path.utf8.starts(with: Self.prefix.utf8) {
            return own(method, path.utf8.dropFirst(Self.prefix.utf8.count))
        }
        if hasDebugEndpoints, method == .GET, let view = debugView(path) { return .debug(view) }
        if method == .GET, path == "/auth", hasToken(query) { return .openLink }
        return isSignedIn ? nil : alias(method, path)
    }

    private func own(_ method: HTTPMethod, _ rest: Substring.UTF8View) -> SiteRoute {
        let name = String(Substring(rest))
        let entries: [(HTTPMethod, SiteRoute)]
        if let found = Self.table[name] {
            entries = found
        } else if let asset = assetName(name) {
            entries = [(.GET, .asset(asset))]
        } else {
            return .notFound
        }
        if let match = entries.first(where: { $0.0 == method }) { return match.1 }
        let allowed = entries.flatMap { $0.0 == .GET ? ["GET", "HEAD"] : [$0.0.rawValue] }
        return .methodNotAllowed(allow: allowed.joined(separator: ", "))
    }

    private func assetName(_ rest: String) -> String? {
        let folder = "assets/"
        guard rest.hasPrefix(folder) else { return nil }
        let name = String(rest.dropFirst(folder.count))
        return assetNames.contains(name) ? name : nil
    }

    /// The names that people and scripts know from before `/.runegate/`; only for those who are not signed
    /// in, so that the app's own `/login` works for everybody else.
    private func alias(_ method: HTTPMethod, _ path: String) -> SiteRoute? {
        switch (method, path) {
        case (.GET, "/health"): .health
        case (.GET, "/login.html"): .signInPage
        case (.POST, "/login"): .requestLink
        case (.GET, "/auth"): .openLink
        case (.GET, "/rate_limit_info"): .rateLimits
        default: nil
        }
    }

    private func debugView(_ path: String) -> SiteRoute.DebugView? {
        switch path {
        case "/debug/session": .session
        case "/debug/cookies": .cookies
        case "/debug/protected": .protected
        default: nil
        }
    }

    private func hasToken(_ query: String?) -> Bool {
        guard let query else { return false }
        return query.utf8.split(separator: UInt8(ascii: "&")).contains { $0.starts(with: "token=".utf8) }
    }
}
