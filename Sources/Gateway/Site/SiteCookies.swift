package import GateConfig
package import GateModel
import NIOHTTP1

/// Everything about our own cookies: how they are called, read and written, and which of the app's would be
/// mistaken for them.
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

    /// The `Set-Cookie` value of a session, for sign-in and for a cookie signed again by the newest key.
    package func session(_ value: String, expiresIn lifetime: Duration) -> String {
        cookie(names.session, value, maxAge: lifetime)
    }

    /// The `Cookie` value with which the program visits itself.
    package func sent(session value: Secret) -> Secret { Secret(text: "\(names.session)=\(value.text)") }

    /// The `Set-Cookie` value that deletes the session cookie.
    package func sessionRemoval() -> String { cookie(names.session, "", maxAge: .zero) }

    func nonce(_ value: String, lifetime: Duration) -> String { cookie(names.nonce, value, maxAge: lifetime) }

    func confirmation(_ value: String, lifetime: Duration) -> String {
        cookie(names.confirmation, value, maxAge: lifetime)
    }

    func nonceValue(in headers: HTTPHeaders) -> String? { value(of: names.nonce, in: headers) }

    func confirmationValue(in headers: HTTPHeaders) -> String? { value(of: names.confirmation, in: headers) }

    private func value(of name: String, in headers: HTTPHeaders) -> String? {
        var search = CookieSearch(for: name)
        for var field in headers["cookie"] { field.withUTF8 { search.read(UnsafeRawBufferPointer($0)) } }
        return search.value
    }

    private func cookie(_ name: String, _ value: String, maxAge: Duration) -> String {
        "\(name)=\(value)\(attributes); Max-Age=\(max(0, maxAge.components.seconds))"
    }

    /// Whether a `Set-Cookie` value names a cookie of ours.
    ///
    /// A cookie without a name is sent as its bare value, so `=__Host-runegate_id=x` would come back as ours:
    /// leading `=` and blanks are skipped.
    func setsOurs(_ value: UnsafeRawBufferPointer) -> Bool {
        let start = value.firstIndex { !ByteClass.isBlank($0) && $0 != UInt8(ascii: "=") } ?? value.count
        var pairs = CookieField(UnsafeRawBufferPointer(rebasing: value[start...]))
        return pairs.next().map { names.isOurs($0.name) } ?? false
    }

    /// Whether a `Clear-Site-Data` value takes cookies along (W3C Clear Site Data §3.1: `"cookies"`, `"*"`).
    static func clearsCookies(_ value: String) -> Bool {
        value.utf8.contains(UInt8(ascii: "*")) || value.lowercased().contains("cookies")
    }
}
