import GateModel
import NIOHTTP1
import Testing

@testable import Gateway

@Suite struct SiteContextTests {
    let origins: OurOrigins

    init() throws {
        self.origins = OurOrigins(try BaseURL("https://app.example.com"))
    }

    /// Origin, Sec-Fetch-Site, whether a nonce may be bound, whether a POST may change something.
    static let senders: [(String?, String?, Bool, Bool)] = [
        (nil, nil, true, true),
        (nil, "same-origin", true, true),
        (nil, "none", true, false),
        (nil, "same-site", false, false),
        (nil, "cross-site", false, false),
        ("https://app.example.com", nil, true, true),
        ("https://app.example.com:443", nil, true, true),
        ("https://app.example.com", "same-origin", true, true),
        ("https://app.example.com", "none", true, true),
        // Origin decides about a POST; a nonce needs both to be right.
        ("https://app.example.com", "cross-site", false, true),
        ("null", nil, false, false),
        ("null", "same-origin", false, false),
        ("http://app.example.com", nil, false, false),
        ("https://evil.example", "cross-site", false, false),
        ("https://evil.example", "same-origin", false, false),
        ("https://app.example.com.evil.example", nil, false, false),
        ("https://app.example.com:8443", nil, false, false),
        ("https://x.app.example.com", "same-site", false, false),
        ("", nil, false, false),
    ]

    @Test(arguments: senders) func `where a request comes from decides what it may do`(
        origin: String?, site: String?, mayBind: Bool, mayPost: Bool
    ) {
        var headers: HTTPHeaders = [:]
        if let origin { headers.add(name: "Origin", value: origin) }
        if let site { headers.add(name: "Sec-Fetch-Site", value: site) }
        #expect(origins.mayBindNonce(headers) == mayBind)
        #expect(origins.mayPost(headers) == mayPost)
    }

    @Test func `two origins are none`() {
        let headers: HTTPHeaders = ["Origin": "https://app.example.com", "origin": "https://app.example.com"]
        #expect(!origins.mayBindNonce(headers))
        #expect(!origins.mayPost(headers))
        let sites: HTTPHeaders = ["Sec-Fetch-Site": "same-origin", "sec-fetch-site": "same-origin"]
        #expect(!origins.mayBindNonce(sites))
        #expect(!origins.mayPost(sites))
    }

    @Test(arguments: ["localhost:7870", "127.0.0.1:7870", "[::1]:7870"])
    func `on a loopback base address its names are equal`(authority: String) throws {
        let origins = OurOrigins(try BaseURL("http://localhost:7870"))
        #expect(origins.mayPost(["Origin": "http://\(authority)"]))
        #expect(!origins.mayPost(["Origin": "https://\(authority)"]))
        #expect(!origins.mayPost(["Origin": "http://localhost:7871"]))
    }

    /// What a link opened in a browser does, condition by condition: method, headers, same browser, session.
    static let openings: [(HTTPMethod, HTTPHeaders, Bool, Bool, LinkOpening)] = [
        (.GET, [:], true, false, .signIn),
        (.GET, ["Sec-Fetch-Mode": "navigate"], true, false, .signIn),
        (.GET, ["Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site"], true, false, .signIn),
        (.GET, [:], false, false, .confirm),
        (.GET, ["Sec-Fetch-Mode": "navigate"], false, false, .confirm),
        (.GET, [:], true, true, .confirm),
        (.HEAD, [:], true, false, .confirm),
        (.POST, [:], true, false, .confirm),
        (.GET, ["Sec-Purpose": "prefetch"], true, false, .confirm),
        (.GET, ["Sec-Purpose": "prefetch;prerender", "Sec-Fetch-Mode": "navigate"], true, false, .confirm),
        (.GET, ["Sec-Purpose": ""], true, false, .confirm),
        (.GET, ["Sec-Fetch-Mode": "no-cors"], true, false, .confirm),
        (.GET, ["Sec-Fetch-Mode": "cors"], true, false, .confirm),
        (.GET, ["Sec-Fetch-Mode": ""], true, false, .confirm),
        (.GET, ["Sec-Fetch-Mode": "navigate", "sec-fetch-mode": "navigate"], true, false, .confirm),
    ]

    @Test(arguments: openings)
    func `one click signs in only where a person clicked in the browser that asked`(
        method: HTTPMethod, headers: HTTPHeaders, isSameBrowser: Bool, hasSession: Bool, expected: LinkOpening
    ) {
        let opening = LinkOpening(
            method: method, headers: headers, isSameBrowser: isSameBrowser, hasSession: hasSession)
        #expect(opening == expected)
    }

    @Test(
        arguments: [
            (["Sec-Fetch-Mode": "navigate"], true),
            (["Sec-Fetch-Mode": "navigate", "Accept": "*/*"], true),
            (["Sec-Fetch-Mode": "cors", "Accept": "text/html"], false),
            (["Sec-Fetch-Mode": "websocket"], false),
            (["Accept": "text/html,application/xhtml+xml;q=0.9"], true),
            (["Accept": "application/json"], false),
            (["Accept": "*/*"], false),
            ([:], false),
        ] as [(HTTPHeaders, Bool)])
    func `pages are for navigations`(headers: HTTPHeaders, isPage: Bool) {
        #expect(wantsPage(headers) == isPage)
    }
}
