import GateModel
import NIOHTTP1
import Testing

@testable import Gateway
@testable import Identity

/// Asking for a link: the form, its JSON twin, the limits, the nonce.
@Suite struct SiteSignInTests {
    private let json: HTTPHeaders = ["Content-Type": "application/json"]

    @Test func `the form gets a page with code entry, JSON gets JSON`() async throws {
        let fixture = SiteFixture()
        let page = try await fixture.respond(
            .POST, "/.runegate/login", headers: form, body: "email=ann@example.com")
        #expect(page.status == .ok)
        #expect(page.text.contains("action=\"/.runegate/code\""))
        #expect(page.text.contains("autocomplete=\"one-time-code\""))
        let data = try await fixture.respond(
            .POST, "/login", headers: json, body: "{\"email\":\"ann@example.com\",\"next\":\"/x\"}")
        #expect(data.status == .ok)
        #expect(data.headers["content-type"] == ["application/json"])
        #expect(data.text.hasPrefix("{\"status\":\"ok\","))
    }

    @Test func `the answer does not depend on the address`() async throws {
        let fixture = SiteFixture()
        let headers = HTTPHeaders(form.map { ($0.name, $0.value) } + [("Cookie", nonceCookie)])
        let one = try await fixture.respond(
            .POST, "/.runegate/login", headers: headers, body: "email=ann@example.com")
        let two = try await fixture.respond(
            .POST, "/.runegate/login", headers: headers, body: "email=x@example.org")
        #expect(one.body == two.body)
        #expect(one.headers.map { "\($0)" } == two.headers.map { "\($0)" })
    }

    @Test func `a browser without a nonce gets one, and the link is bound to it`() async throws {
        let fixture = SiteFixture()
        let answer = try await fixture.respond(
            .POST, "/.runegate/login", headers: form, body: "email=a&next=/x%3Fy")
        let cookie = try #require(answer.headers.first(name: "set-cookie"))
        guard case .requestLink("a", let bound?, "/x?y") = fixture.asked.questions.first else {
            Issue.record("asked \(fixture.asked.questions)")
            return
        }
        #expect(cookie.hasPrefix("runegate_nonce=" + BrowserNonce.encode(bound) + ";"))
        #expect(cookie.contains("; HttpOnly; SameSite=Lax"))
    }

    @Test func `a browser keeps its nonce`() async throws {
        let fixture = SiteFixture()
        var headers = form
        headers.add(name: "Cookie", value: nonceCookie)
        let answer = try await fixture.respond(.POST, "/.runegate/login", headers: headers, body: "email=a")
        #expect(fixture.asked.questions == [.requestLink(email: "a", nonce: nonce, next: nil)])
        #expect(answer.headers.first(name: "set-cookie")?.hasPrefix(nonceCookie + ";") == true)
    }

    @Test(arguments: ["runegate_nonce=short", "runegate_nonce=", nonceCookie + "; " + nonceCookie])
    func `a nonce that is not ours is replaced`(cookie: String) async throws {
        let fixture = SiteFixture()
        var headers = form
        headers.add(name: "Cookie", value: cookie)
        let answer = try await fixture.respond(.POST, "/.runegate/login", headers: headers, body: "email=a")
        #expect(answer.headers.first(name: "set-cookie")?.hasPrefix(nonceCookie) == false)
    }

    @Test(
        arguments: [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
            ["Sec-Fetch-Site": "same-site"],
        ] as [HTTPHeaders])
    func `a foreign page is answered as always and binds nothing`(foreign: HTTPHeaders) async throws {
        let fixture = SiteFixture()
        let headers = HTTPHeaders(
            (form + [] + foreign).map { ($0.name, $0.value) } + [("Cookie", nonceCookie)])
        let answer = try await fixture.respond(.POST, "/.runegate/login", headers: headers, body: "email=a")
        let own = try await fixture.respond(.POST, "/.runegate/login", headers: form, body: "email=a")
        #expect(answer.status == .ok)
        #expect(answer.body == own.body)
        #expect(answer.headers["set-cookie"].isEmpty)
        #expect(fixture.asked.questions.first == .requestLink(email: "a", nonce: nil, next: nil))
    }

    @Test(arguments: [
        ("application/x-www-form-urlencoded", "email=%ff", HTTPResponseStatus.badRequest),
        ("application/x-www-form-urlencoded", "email=a&email=b", .badRequest),
        ("application/json", "{\"email\":", .badRequest),
        ("application/json", "[]", .badRequest),
        ("text/plain", "email=a", .unsupportedMediaType),
        ("multipart/form-data; boundary=x", "--x--", .unsupportedMediaType),
    ])
    func `bodies that cannot be read are refused before anything is asked`(
        type: String, body: String, status: HTTPResponseStatus
    ) async throws {
        let fixture = SiteFixture()
        let answer = try await fixture.respond(
            .POST, "/.runegate/login", headers: ["Content-Type": type], body: body)
        #expect(answer.status == status)
        #expect(fixture.asked.questions.isEmpty)
    }

    @Test func `a body over the limit is 413`() async throws {
        let body = "email=" + String(repeating: "a", count: Site.maximumBodyBytes)
        let answer = try await SiteFixture().respond(.POST, "/.runegate/login", headers: form, body: body)
        #expect(answer.status == .payloadTooLarge)
    }

    @Test func `a malformed address is 400 with the form and its next`() async throws {
        let fixture = SiteFixture(linkAnswer: .malformed)
        let page = try await fixture.respond(
            .POST, "/.runegate/login", headers: form, body: "email=x&next=/a%26b")
        #expect(page.status == .badRequest)
        #expect(page.text.contains("aria-invalid=\"true\""))
        #expect(page.text.contains("name=\"next\" value=\"/a&amp;b\""))
        let data = try await fixture.respond(.POST, "/login", headers: json, body: "{\"email\":\"x\"}")
        #expect(data.status == .badRequest)
        #expect(data.text.contains("malformed_address"))
    }

    @Test(arguments: [Limit(kind: .ip, resetSeconds: 42), Limit(kind: .email, resetSeconds: 287)])
    func `limits say which and how long`(limit: Limit) async throws {
        let fixture = SiteFixture(linkAnswer: .limited(limit))
        let page = try await fixture.respond(.POST, "/.runegate/login", headers: form, body: "email=a")
        let data = try await fixture.respond(.POST, "/login", headers: json, body: "{\"email\":\"x\"}")
        for answer in [page, data] {
            #expect(answer.status == .tooManyRequests)
            #expect(answer.headers["x-ratelimit-exceeded"] == [limit.kind.rawValue])
            #expect(answer.headers["x-ratelimit-reset"] == ["\(limit.resetSeconds)"])
            #expect(answer.headers["retry-after"] == ["\(limit.resetSeconds)"])
            #expect(answer.text.contains("\(limit.resetSeconds)"))
        }
        // A page somebody types a code into does not go away.
        #expect(page.text.contains("http-equiv=\"refresh\"") == (limit.kind == .ip))
        #expect(page.text.contains("action=\"/.runegate/code\"") == (limit.kind == .email))
    }

    @Test func `without a database signing in is 503`() async throws {
        let answer = try await SiteFixture(linkAnswer: .unavailable)
            .respond(.POST, "/.runegate/login", headers: form, body: "email=a")
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers["retry-after"] == ["30"])
    }

    @Test func `without mail the page says to ask the owner`() async throws {
        let fixture = SiteFixture(environment: ["RUNEGATE_MAIL_TRANSPORT": "none"])
        for answer in [
            try await fixture.respond(.GET, "/.runegate/login"),
            try await fixture.respond(.POST, "/.runegate/login", headers: form, body: "email=a"),
        ] {
            #expect(answer.status == .ok)
            #expect(answer.text.contains("Ask its owner"))
            #expect(!answer.text.contains("name=\"email\""))
        }
        #expect(fixture.asked.questions.isEmpty)
    }

    @Test(arguments: [
        ("next=/a/b%3Fc%3Dd", "/a/b?c=d"), ("next=https://evil.example/", nil), ("next=//evil.example", nil),
        ("next=/%5Cevil.example", nil), ("next=/a&next=/b", nil), ("next=", nil), ("", nil),
    ])
    func `the form keeps only a safe next`(query: String, kept: String?) async throws {
        let page = try await SiteFixture().respond(.GET, "/.runegate/login?" + query)
        #expect(page.text.contains("name=\"next\"") == (kept != nil))
        if let kept { #expect(page.text.contains("value=\"\(kept)\"")) }
        #expect(!page.text.contains("evil"))
    }

    @Test func `who is signed in already is told so, or sent on`() async throws {
        let session = try SiteFixture.session()
        let page = try await SiteFixture().respond(.GET, "/.runegate/login", session: session)
        #expect(page.text.contains("ann@example.com"))
        #expect(page.text.contains("action=\"/.runegate/logout\""))
        let onward = try await SiteFixture().respond(.GET, "/.runegate/login?next=/x", session: session)
        #expect(onward.status == .seeOther)
        #expect(onward.headers["location"] == ["/x"])
    }
}
