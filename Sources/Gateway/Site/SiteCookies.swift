package import GateConfig
import GateModel
package import NIOHTTP1

/// Everything about our own cookies: how they are called, read and written, and how they are kept away from
/// the app in both directions.
package struct SiteCookies: Sendable {
    let names: CookieNames
    private let attributes: String

    /// Works out the names and attributes.
    ///
    /// - Parameters:
    ///   - settings: How they are configured.
    ///   - isHTTPS: Whether the base URL's scheme is https.
    package init(settings: CookieSettings, isHTTPS: Bool) {
        // RFC 6265bis §4.1.3.2: `__Host-` demands Secure, Path=/ and no Domain.
        let hasHostPrefix = isHTTPS && settings.isSecure && settings.domain == nil
        self.names = CookieNames(sessionName: settings.sessionName, hasHostPrefix: hasHostPrefix)
        self.attributes =
            "; Path=/" + (settings.domain.map { "; Domain=\($0.ascii)" } ?? "")
            + (settings.isSecure ? "; Secure" : "") + "; HttpOnly; SameSite=Lax"
    }

    /// The session cookie's value; nil when it is missing or there is more than one.
    package func sessionValue(in headers: HTTPHeaders) -> Substring? {
        CookieField.value(of: names.session, in: Self.cookieFields(headers))
    }

    /// Takes our cookies out of a visitor's `Cookie` headers, before the app sees them.
    package func stripFromRequest(_ headers: inout HTTPHeaders) {
        let fields = headers["cookie"]
        let kept = fields.compactMap { CookieField.stripped($0, of: names) }
        guard kept != fields else { return }
        headers.remove(name: "cookie")
        for field in kept { headers.add(name: "Cookie", value: field) }
    }

    /// Takes out of the app's answer what would set, replace or delete our cookies.
    package func stripFromResponse(_ headers: inout HTTPHeaders) {
        drop("set-cookie", from: &headers, where: setsOurs)
        drop("clear-site-data", from: &headers, where: Self.clearsCookies)
    }

    /// The `Set-Cookie` value of a session, for sign-in and for a cookie signed again by the newest key.
    package func session(_ value: String, expiresIn lifetime: Duration) -> String {
        cookie(names.session, value, maxAge: lifetime)
    }

    /// The `Set-Cookie` value that deletes the session cookie.
    package func sessionRemoval() -> String { cookie(names.session, "", maxAge: .zero) }

    func nonce(_ value: String, lifetime: Duration) -> String { cookie(names.nonce, value, maxAge: lifetime) }

    func confirmation(_ value: String, lifetime: Duration) -> String {
        cookie(names.confirmation, value, maxAge: lifetime)
    }

    func nonceValue(in headers: HTTPHeaders) -> Substring? {
        CookieField.value(of: names.nonce, in: Self.cookieFields(headers))
    }

    func confirmationValue(in headers: HTTPHeaders) -> Substring? {
        CookieField.value(of: names.confirmation, in: Self.cookieFields(headers))
    }

    private func cookie(_ name: String, _ value: String, maxAge: Duration) -> String {
        "\(name)=\(value)\(attributes); Max-Age=\(max(0, maxAge.components.seconds))"
    }

    private static func cookieFields(_ headers: HTTPHeaders) -> some Sequence<String> {
        headers.lazy.filter { isNamed($0.name, "cookie") }.map(\.value)
    }

    /// Whether a `Set-Cookie` value names a cookie of ours.
    ///
    /// A cookie without a name is sent as its bare value, so `=__Host-runegate_id=x` would come back as ours:
    /// leading `=` and blanks are skipped.
    func setsOurs(_ value: String) -> Bool {
        let start = value.utf8.drop { CookiePair.isBlank($0) || $0 == UInt8(ascii: "=") }
        return names.isOurs(CookiePair(start.prefix { $0 != UInt8(ascii: ";") }).name)
    }

    /// Whether a `Clear-Site-Data` value takes cookies along (W3C Clear Site Data §3.1: `"cookies"`, `"*"`).
    static func clearsCookies(_ value: String) -> Bool {
        value.utf8.contains(UInt8(ascii: "*")) || value.lowercased().contains("cookies")
    }

    private func drop(_ name: String, from headers: inout HTTPHeaders, where isUnwanted: (String) -> Bool) {
        let values = headers[name]
        let kept = values.filter { !isUnwanted($0) }
        guard kept.count != values.count else { return }
        headers.remove(name: name)
        for value in kept { headers.add(name: name, value: value) }
    }

    private static func isNamed(_ name: String, _ lower: String) -> Bool {
        name.utf8.count == lower.utf8.count
            && zip(name.utf8, lower.utf8).allSatisfy { $0 | 0x20 == $1 }
    }
}
