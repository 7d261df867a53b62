import GateModel
import NIOCore
import Testing

@testable import GateConfig
@testable import Gateway

@Suite struct SiteCookieTests {
    /// As on https without a domain: the names carry `__Host-`.
    static let secure = cookies(isHTTPS: true)
    static let plain = cookies(isHTTPS: false)

    static func cookies(isHTTPS: Bool, isSecure: Bool? = nil, domain: DomainName? = nil) -> SiteCookies {
        let settings = CookieSettings(
            isSecure: isSecure ?? isHTTPS, domain: domain, sessionName: "runegate_id")
        return SiteCookies(settings: settings, isHTTPS: isHTTPS)
    }

    /// The value of the session's cookie in these fields.
    static func session(in fields: [String]) -> String? {
        var search = CookieSearch(for: secure.names.session)
        for field in fields { Array(field.utf8).withUnsafeBytes { search.read($0) } }
        return search.value
    }

    /// What the app gets of a field: the text behind `Cookie: `, or nil when the field is left out.
    static func stripped(_ field: String, by cookies: SiteCookies) throws -> String? {
        var line = ByteBuffer()
        Array(field.utf8).withUnsafeBytes { CookieField.write($0, without: cookies.names, into: &line) }
        guard line.readableBytes > 0 else { return nil }
        let text = String(buffer: line)
        try #require(text.hasPrefix("Cookie: ") && text.hasSuffix("\r\n"))
        return String(text.utf8.dropFirst(8).dropLast(2))
    }

    static let values: [([String], String?)] = [
        (["__Host-runegate_id=v"], "v"),
        (["a=1; __Host-runegate_id=v; b=2"], "v"),
        (["a=1;__Host-runegate_id=v"], "v"),
        (["a=1;\t __Host-runegate_id =\tv \t;b"], "v"),
        (["a=1", "__Host-runegate_id=v"], "v"),
        (["__Host-runegate_id=a=b=c"], "a=b=c"),
        (["__Host-runegate_id="], ""),
        (["__Host-runegate_id=v; __Host-runegate_id=w"], nil),
        (["__Host-runegate_id=v; __Host-runegate_id=v"], nil),
        (["__Host-runegate_id=v", "__Host-runegate_id=v"], nil),
        (["runegate_id=v"], nil),
        (["__host-runegate_id=v"], nil),
        (["__Secure-runegate_id=v"], nil),
        (["__Host-runegate_id"], nil),
        (["=__Host-runegate_id=v"], nil),
        // Blanks outside ASCII that other parsers trim.
        (["\u{2000}__Host-runegate_id=v"], nil),
        (["\u{a0}__Host-runegate_id=v"], nil),
        (["\u{85}__Host-runegate_id=v"], nil),
        (["__Host-runegate_id\u{301}=v"], nil),
        (["$Version=1; __Host-runegate_id=v; $Path=/"], "v"),
        // No quoting: a quoted value ends at its semicolon.
        (["$Version=1; a=\"b; __Host-runegate_id=v; c\""], "v"),
        (["__Host-runegate_id=\"v\""], "\"v\""),
        (["a=1, __Host-runegate_id=v"], nil),
        ([""], nil), ([";;;"], nil), ([], nil),
    ]

    @Test(arguments: values) func `the session is read strictly`(fields: [String], expected: String?) {
        #expect(Self.session(in: fields) == expected)
    }

    @Test func `one among two hundred cookies is found`() throws {
        let others = (0..<200).map { "c\($0)=\($0)" }
        let field = (others[..<150] + ["__Host-runegate_id=v"] + others[150...]).joined(separator: "; ")
        #expect(Self.session(in: [field]) == "v")
        #expect(try Self.stripped(field, by: Self.secure) == others.joined(separator: "; "))
    }

    @Test func `a cookie of 64 KiB passes through untouched`() throws {
        let big = "big=" + String(repeating: "x", count: 64 * 1024)
        let field = "\(big); __Host-runegate_id=v"
        #expect(Self.session(in: [field]) == "v")
        #expect(try Self.stripped(field, by: Self.secure) == big)
    }

    static let stripped: [(String, String?)] = [
        ("a=1", "a=1"),
        ("  a = \"x;y\" ;; b=2;", "  a = \"x;y\" ;; b=2;"),
        ("__Host-runegate_id=v", nil), ("__Host-runegate_id=v; ", nil),
        ("__Host-runegate_id=v; a=1", "a=1"), ("__Host-runegate_id=v;; a=1", "a=1"), ("", ""), (";;", ";;"),
        ("a=1; __Host-runegate_id=v", "a=1"),
        ("a=1; __Host-runegate_id=v;  b=2;c", "a=1;  b=2;c"),
        ("runegate_id=v; a=1", "a=1"),
        ("__Secure-runegate_id=v; __host-runegate_id=w; RUNEGATE_ID=x; __Http-runegate_id=y; a=1", "a=1"),
        ("runegate_nonce=n; __Host-runegate_nonce=n; runegate_confirm=c; __Host-runegate_confirm=c", nil),
        (
            "my_runegate_id=v; runegate_idx=1; xrunegate_id=2",
            "my_runegate_id=v; runegate_idx=1; xrunegate_id=2"
        ),
        ("$Version=1; a=\"b; __Host-runegate_id=v; c\"", "$Version=1; a=\"b; c\""),
        ("\u{2000}__Host-runegate_id=v", "\u{2000}__Host-runegate_id=v"),
    ]

    @Test(arguments: stripped) func `the app sees every cookie but ours, byte for byte`(
        field: String, expected: String?
    ) throws {
        for cookies in [Self.secure, Self.plain] {
            let kept = try Self.stripped(field, by: cookies)
            #expect(kept.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
        }
    }

    static func setsOurs(_ value: String, _ cookies: SiteCookies) -> Bool {
        Array(value.utf8).withUnsafeBytes { cookies.setsOurs($0) }
    }

    @Test(arguments: [
        "runegate_id=x", "runegate_id=x; Path=/", "__Host-runegate_id=x; Secure; Path=/", " runegate_id =x",
        "__SECURE-runegate_nonce=x", "runegate_confirm=", "=__Host-runegate_id=x", "= __Host-runegate_id=x",
        "==runegate_id=x", "Runegate_Id=x; Max-Age=0",
    ])
    func `the app cannot set our cookies`(value: String) {
        for cookies in [Self.secure, Self.plain] { #expect(Self.setsOurs(value, cookies)) }
    }

    @Test(arguments: [
        "sid=1", "x=runegate_id=1", "my_runegate_id=1", "a; runegate_id=x", "runegate_id", "", "= =",
    ])
    func `the app sets its own cookies as it likes`(value: String) {
        #expect(!Self.setsOurs(value, Self.secure))
    }

    @Test(arguments: [
        ("\"cookies\"", false), ("\"*\"", false), ("\"cache\", \"cookies\"", false), ("\"Cookies\"", false),
        ("\"cache\"", true), ("\"storage\", \"executionContexts\"", true),
    ])
    func `the app cannot clear our cookies`(value: String, stays: Bool) {
        #expect(SiteCookies.clearsCookies(value) == !stays)
    }

    @Test func `cookies are as narrow as the address allows`() throws {
        let domain = try DomainName("example.com")
        let all: [(SiteCookies, String)] = [
            (Self.secure, "__Host-runegate_id=v; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"),
            (Self.plain, "runegate_id=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"),
            (
                Self.cookies(isHTTPS: true, domain: domain),
                "runegate_id=v; Path=/; Domain=example.com; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
            ),
            (
                Self.cookies(isHTTPS: true, isSecure: false),
                "runegate_id=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60"
            ),
        ]
        for (cookies, expected) in all {
            #expect(cookies.session("v", expiresIn: .seconds(60)) == expected)
        }
        #expect(
            Self.secure.sessionRemoval()
                == "__Host-runegate_id=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0")
    }
}
