import GateModel
import NIOHTTP1
import Testing

@testable import Gateway
@testable import Identity

/// Using a link or a code, and signing out.
@Suite struct SiteLinkTests {
    private var browser: HTTPHeaders {
        var headers = navigation
        headers.add(name: "Cookie", value: nonceCookie)
        return headers
    }

    private func valid(isSameBrowser: Bool = true, next: String? = nil) throws -> SiteFixture {
        SiteFixture(
            view: .valid(try SiteFixture.linkView(isSameBrowser: isSameBrowser)),
            signIn: .signedIn(try SiteFixture.newSession(next: next)))
    }

    @Test func `one click in the asking browser signs in and goes on`() async throws {
        let fixture = try valid(next: "/queue?a=1")
        let answer = try await fixture.respond(.GET, "/.runegate/auth?token=t", headers: browser)
        #expect(answer.status == .seeOther)
        #expect(answer.headers["location"] == ["/queue?a=1"])
        let set = answer.headers["set-cookie"]
        #expect(set.contains("runegate_id=new.session.value; Path=/; HttpOnly; SameSite=Lax; Max-Age=604800"))
        #expect(set.contains { $0.hasPrefix("runegate_nonce=") && !$0.hasPrefix(nonceCookie) })
        #expect(set.contains { $0.hasPrefix("runegate_confirm=;") && $0.hasSuffix("Max-Age=0") })
        #expect(
            fixture.asked.questions == [
                .viewLink(token: "t", nonce: nonce), .spendLink(token: "t", nonce: nonce),
            ])
    }

    @Test func `HEAD looks at nothing`() async throws {
        let fixture = try valid()
        let answer = try await fixture.respond(.HEAD, "/.runegate/auth?token=t", headers: browser)
        #expect(answer.status == .ok)
        #expect(answer.body.isEmpty)
        #expect(answer.headers["set-cookie"].isEmpty)
        #expect(fixture.asked.questions.isEmpty)
    }

    @Test func `elsewhere the page names the account and spends nothing`() async throws {
        let fixture = try valid(isSameBrowser: false)
        let answer = try await fixture.respond(.GET, "/auth?token=t%2B1", headers: navigation)
        #expect(answer.status == .ok)
        #expect(answer.text.contains("ann@example.com"))
        #expect(answer.text.contains("name=\"token\" value=\"t+1\""))
        #expect(answer.text.contains("21 September, 14:13 UTC, with Firefox on Linux, from 192.0.2.7"))
        #expect(fixture.asked.questions == [.viewLink(token: "t+1", nonce: nil)])
    }

    @Test func `somebody signed in is asked before being replaced, and then signed out`() async throws {
        let fixture = try valid()
        let session = try SiteFixture.session("bob@example.org")
        let page = try await fixture.respond(.GET, "/auth?token=t", headers: browser, session: session)
        #expect(page.status == .ok)
        #expect(page.text.contains("bob@example.org"))
        let answer = try await confirm(fixture, page, headers: form, session: session)
        #expect(answer.status == .seeOther)
        #expect(fixture.asked.questions.last == .signOut(user: "bob@example.org"))
    }

    /// Sends the confirm page's form as a browser does.
    private func confirm(
        _ fixture: SiteFixture, _ page: LocalResponse, headers: HTTPHeaders, session: Session? = nil,
        token: String = "t", changing: (String) -> String = { $0 }
    ) async throws -> LocalResponse {
        let setCookie = try #require(page.headers.first(name: "set-cookie"))
        let cookie = setCookie.prefix { $0 != ";" }
        let field = try #require(page.text.split(separator: "name=\"confirm\" value=\"").last)
        let value = changing(String(field.prefix { $0 != "\"" }))
        var headers = headers
        headers.add(name: "Cookie", value: changing(String(cookie)))
        return try await fixture.respond(
            .POST, "/.runegate/auth", headers: headers, body: "token=\(token)&confirm=\(value)",
            session: session)
    }

    @Test func `the button signs in and ends at the front page`() async throws {
        let fixture = try valid(isSameBrowser: false)
        let page = try await fixture.respond(.GET, "/auth?token=t", headers: navigation)
        var headers = form
        headers.add(name: "Origin", value: "http://localhost:7870")
        let answer = try await confirm(fixture, page, headers: headers)
        #expect(answer.status == .seeOther)
        #expect(answer.headers["location"] == ["/"])
    }

    @Test func `the form's value counts only with its cookie and its token`() async throws {
        let fixture = try valid(isSameBrowser: false)
        let page = try await fixture.respond(.GET, "/auth?token=t", headers: navigation)
        let answers = [
            try await confirm(fixture, page, headers: form, token: "other"),
            try await confirm(fixture, page, headers: form, changing: { $0 + "x" }),
            try await fixture.respond(.POST, "/.runegate/auth", headers: form, body: "token=t"),
            try await fixture.respond(.POST, "/.runegate/auth", headers: form, body: "token=t&confirm="),
        ]
        for answer in answers { #expect(answer.status == .forbidden) }
        #expect(fixture.asked.questions == [.viewLink(token: "t", nonce: nil)])
    }

    @Test(arguments: ["/.runegate/auth", "/.runegate/code", "/.runegate/logout", "/.runegate/nothing"])
    func `a foreign page cannot post`(path: String) async throws {
        let foreign: [HTTPHeaders] = [
            ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
            ["Sec-Fetch-Site": "none"],
        ]
        for headers in foreign {
            let fixture = SiteFixture()
            let answer = try await fixture.respond(
                .POST, path, headers: headers, body: "code=x", session: SiteFixture.session())
            #expect(answer.status == .forbidden)
            #expect(answer.headers["set-cookie"].isEmpty)
            #expect(fixture.asked.questions.isEmpty)
        }
    }

    @Test(arguments: [
        "/auth", "/.runegate/auth", "/auth?", "/auth?token", "/auth?token=", "/auth?token=a&token=b",
    ])
    func `a link without its token is 400`(target: String) async throws {
        for method in [HTTPMethod.GET, .HEAD] {
            let answer = try await SiteFixture().respond(method, target)
            #expect(answer.status == .badRequest)
        }
    }

    @Test func `a link that does not count is 401 in words and in JSON`() async throws {
        for headers in [navigation, [:]] {
            let answer = try await SiteFixture().respond(.GET, "/auth?token=invalid_token", headers: headers)
            #expect(answer.status == .unauthorized)
            #expect(answer.text.contains("Invalid or expired login link"))
            #expect(answer.headers["www-authenticate"].isEmpty)
        }
    }

    @Test func `too many links are 429`() async throws {
        let fixture = SiteFixture(view: .limited(Limit(kind: .ip, resetSeconds: 9)))
        let answer = try await fixture.respond(.GET, "/auth?token=x", headers: navigation)
        #expect(answer.status == .tooManyRequests)
        #expect(answer.headers["x-ratelimit-exceeded"] == ["IP"])
        #expect(answer.text.contains("<meta http-equiv=\"refresh\" content=\"9\">"))
    }

    @Test func `a code signs in, in the browser that asked`() async throws {
        let fixture = try valid()
        var headers = form
        headers.add(name: "Cookie", value: nonceCookie)
        let answer = try await fixture.respond(
            .POST, "/.runegate/code", headers: headers, body: "code=abcd-efgh")
        #expect(answer.status == .seeOther)
        #expect(fixture.asked.questions == [.spendCode(code: "abcd-efgh", nonce: nonce)])
    }

    @Test func `a code without a cookie counts as a try and fails`() async throws {
        let fixture = SiteFixture()
        let answer = try await fixture.respond(
            .POST, "/.runegate/code", headers: form, body: "code=abcd-efgh")
        #expect(answer.status == .unauthorized)
        #expect(answer.text.contains("action=\"/.runegate/code\""))
        #expect(fixture.asked.questions.count == 1)
    }

    @Test func `signing out ends the session and shows the sign-in page`() async throws {
        let fixture = SiteFixture()
        let answer = try await fixture.respond(.POST, "/.runegate/logout", session: SiteFixture.session())
        #expect(answer.status == .seeOther)
        #expect(answer.headers["location"] == ["/.runegate/login?signed-out=1"])
        #expect(answer.headers["set-cookie"] == ["runegate_id=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"])
        #expect(fixture.asked.questions == [.signOut(user: "ann@example.com")])
        let page = try await fixture.respond(.GET, "/.runegate/login?signed-out=1")
        #expect(page.text.contains("You are signed out."))
    }

    @Test func `a sign-out that is not durable is not called one`() async throws {
        let answer = try await SiteFixture(signsOutDurably: false)
            .respond(.POST, "/.runegate/logout", session: SiteFixture.session())
        #expect(answer.status == .serviceUnavailable)
        #expect(answer.headers["set-cookie"].count == 1)
    }

    @Test(arguments: ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:x", "", "/ok"])
    func `whatever was stored, nobody is sent off the site`(next: String) async throws {
        let answer = try await valid(next: next).respond(.GET, "/auth?token=t", headers: browser)
        #expect(answer.headers["location"] == [next == "/ok" ? "/ok" : "/"])
    }
}
