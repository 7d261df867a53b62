import GateModel
import NIOHTTP1
import Testing

@testable import Gateway
@testable import Identity

/// What is said in the app's place, and what machines ask.
@Suite struct SiteAnswerTests {
    @Test(arguments: [
        ("/", "/.runegate/login"), ("/a/b?c=d&e=%20", "/.runegate/login?next=/a/b%3Fc%3Dd%26e%3D%2520"),
        ("//evil.example/x", "/.runegate/login"), ("http://evil.example/", "/.runegate/login"),
        ("/" + String(repeating: "a", count: 4000), "/.runegate/login"),
    ])
    func `a navigation without a session goes to the sign-in page`(target: String, location: String) throws {
        let site = try SiteFixture().site()
        for method in [HTTPMethod.GET, .HEAD] {
            let answer = site.challenge(method: method, target: target, headers: navigation)
            #expect(answer.status == .found)
            #expect(answer.headers["location"] == [location])
        }
    }

    @Test func `anything else without a session is 401`() throws {
        let site = try SiteFixture().site()
        let asked: [(HTTPMethod, HTTPHeaders)] = [
            (.GET, ["Sec-Fetch-Mode": "cors", "Accept": "text/html"]),
            (.GET, ["Sec-Fetch-Mode": "websocket"]),
            (.GET, [:]), (.POST, navigation), (.PUT, navigation),
        ]
        for (method, headers) in asked {
            let answer = site.challenge(method: method, target: "/x", headers: headers)
            #expect(answer.status == .unauthorized)
            #expect(answer.headers["content-type"] == ["application/json"])
        }
    }

    @Test(arguments: FailureKind.allCases) func `every failure is a page and JSON`(kind: FailureKind) throws {
        let site = try SiteFixture().site()
        let page = site.failure(kind, wantsHTML: true)
        let data = site.failure(kind, wantsHTML: false)
        #expect(page.status == kind.status && data.status == kind.status)
        #expect(page.headers["retry-after"] == data.headers["retry-after"])
        #expect(page.text.contains("http-equiv=\"refresh\"") == (kind.retrySeconds != nil))
        #expect(!site.failure(kind, wantsHTML: true, retries: false).text.contains("http-equiv"))
        let words = FailureWords(kind)
        #expect(data.text.contains("\"error\":\"\(words.code)\""))
        #expect(page.text.contains("<h1>\(HTMLText.escaped(words.title))</h1>"))
    }

    @Test func `every failure has its own word`() {
        let codes = Set(FailureKind.allCases.map { FailureWords($0).code })
        #expect(codes.count == FailureKind.allCases.count)
    }

    @Test(arguments: [
        (FailureKind.tunnelDown, [FailureChain.State.good, .good, .broken, .unknown]),
        (.connectionLost, [.good, .good, .broken, .unknown]), (.appDown, [.good, .good, .good, .broken]),
        (.appSilent, [.good, .good, .good, .broken]),
    ])
    func `the page marks the layer that broke`(kind: FailureKind, states: [FailureChain.State]) throws {
        let chain = try #require(FailureChain(kind))
        #expect(chain.stations.map(chain.state) == states)
    }

    @Test func `health says what runs`() async throws {
        let answer = try await SiteFixture().respond(.GET, "/health")
        #expect(answer.text == "{\"status\":\"ok\",\"service\":\"runegate\",\"version\":\"0.0.0\"}\n")
    }

    @Test func `limits can be asked for`() async throws {
        let answer = try await SiteFixture().respond(.GET, "/rate_limit_info")
        let expected =
            "{\"enabled\":true,\"login_per_minute\":5,\"email_cooldown_seconds\":300,\"token_per_minute\":10}\n"
        #expect(answer.text == expected)
    }

    @Test func `debug addresses show no secret`() async throws {
        let fixture = SiteFixture(environment: ["RUNEGATE_DEBUG_ENDPOINTS": "true"])
        let session = try SiteFixture.session()
        let headers: HTTPHeaders = ["Cookie": "runegate_id=sssecret; app=sssecret; sssecretless"]
        for path in ["/debug/session", "/debug/cookies", "/debug/protected"] {
            let answer = try await fixture.respond(.GET, path, headers: headers, session: session)
            #expect(answer.status == .ok)
            #expect(!answer.text.contains("sssecret"))
        }
        let stranger = try await fixture.respond(.GET, "/debug/protected")
        #expect(stranger.status == .unauthorized)
        await #expect(throws: SiteFixture.NotOurs.self) {
            try await SiteFixture(environment: ["RUNEGATE_DEBUG_ENDPOINTS": "false"]).respond(
                .GET, "/debug/session")
        }
    }

    @Test func `wrong methods are 405 with the right ones`() async throws {
        let answer = try await SiteFixture().respond(.DELETE, "/.runegate/login")
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers["allow"] == ["GET, HEAD, POST"])
    }

    @Test func `every answer carries the headers that keep it private`() async throws {
        let fixture = SiteFixture()
        let site = try fixture.site()
        let answers = [
            try await fixture.respond(.GET, "/.runegate/login"),
            try await fixture.respond(.GET, "/.runegate/x"),
            try await fixture.respond(.GET, "/health"), site.failure(.appDown, wantsHTML: true),
            site.challenge(method: .GET, target: "/", headers: navigation),
        ]
        for answer in answers {
            #expect(answer.headers["cache-control"] == ["no-store"])
            #expect(answer.headers["referrer-policy"] == ["strict-origin"])
            #expect(answer.headers["x-content-type-options"] == ["nosniff"])
            #expect(answer.headers["cross-origin-opener-policy"] == ["same-origin"])
            #expect(answer.headers["x-robots-tag"] == ["noindex, nofollow"])
            let policy = answer.headers["content-security-policy"].first ?? ""
            for part in [
                "default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
            ] {
                #expect(policy.contains(part))
            }
            #expect(!policy.contains("unsafe"))
        }
    }
}
