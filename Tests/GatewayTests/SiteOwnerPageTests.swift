import GateConfig
import GateModel
import NIOHTTP1
import Testing

@testable import Gateway

/// The site of the owner's door: whom it lets in, from where, and its cookies.
struct SiteOwnerPageTests {
    private static let origin = "http://owner.localhost:7870"

    private static func site() throws -> Site {
        var fixture = SiteFixture()
        fixture.environment = ["RUNEGATE_ADMIN_BASE_URL": origin, "RUNEGATE_ADMINS": "ann@example.com"]
        return try fixture.ownerSite()
    }

    private static func ask(
        _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], isSignedIn: Bool = true
    ) async throws -> LocalResponse? {
        let site = try site()
        let own = site.route(method: method, path: path, query: nil, isSignedIn: isSignedIn)
        // As the edge does at this door.
        guard let route = own ?? (isSignedIn ? .ownerPage : nil) else { return nil }
        let request = LocalRequest(
            method: method, path: path, headers: headers, client: SiteFixture.client,
            session: isSignedIn ? try SiteFixture.session() : nil)
        return await site.respond(to: request, route: route)
    }

    @Test(arguments: ["/", "/revoke", "/v1/sessions", "/anything", "/debug/session", "/login"])
    func `every path is the owner's page's for an admin, and nobody's else`(path: String) async throws {
        #expect(try await Self.ask(.GET, path)?.text == "GET \(path) for ann@example.com")
        #expect(try await Self.ask(.GET, path, isSignedIn: false) == nil)
    }

    @Test func `our own addresses stay ours`() async throws {
        #expect(try await Self.ask(.GET, "/.runegate/health")?.text.contains("runegate") == true)
        #expect(try await Self.ask(.GET, "/.runegate/nothing")?.status == .notFound)
    }

    @Test(arguments: [
        nil, "null", "", "http://localhost:7870", "http://127.0.0.1:7870", "https://owner.localhost:7870",
        "http://owner.localhost", "http://owner.localhost:7871", "http://evil.owner.localhost:7870",
    ])
    func `a change from anywhere else is refused`(origin: String?) async throws {
        var headers: HTTPHeaders = [:]
        if let origin { headers.add(name: "Origin", value: origin) }
        for method in [HTTPMethod.POST, .PUT, .DELETE, .PATCH, .RAW(value: "BREW")] {
            #expect(try await Self.ask(method, "/revoke", headers)?.status == .forbidden)
        }
    }

    @Test func `two origins are no origin`() async throws {
        let headers: HTTPHeaders = ["Origin": Self.origin, "origin": Self.origin]
        #expect(try await Self.ask(.POST, "/revoke", headers)?.status == .forbidden)
    }

    @Test func `a change from the page itself is taken`() async throws {
        let response = try await Self.ask(.POST, "/revoke", ["Origin": Self.origin])
        #expect(response?.text == "POST /revoke for ann@example.com")
    }

    @Test func `the page's own headers count, and ours are added`() async throws {
        let headers = try #require(try await Self.ask(.GET, "/")).headers
        #expect(headers["content-security-policy"] == ["default-src 'none'"])
        #expect(headers["cache-control"] == ["no-store"])
        #expect(headers["x-frame-options"] == ["DENY"])
        #expect(headers["cross-origin-resource-policy"] == ["same-origin"])
    }

    @Test func `the cookie has its own name and no domain, and is kept from the app under every spelling`()
        throws
    {
        let settings = try SiteFixture().settings()
        var own = settings
        own.adminBaseURL = try BaseURL("https://gate.example.com")
        let cookies = SiteCookies(settings: try #require(own.atOwnersDoor).cookies, isHTTPS: true)
        let cookie = cookies.session("x", expiresIn: .seconds(9))
        #expect(cookie == "__Host-runegate_owner=x; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=9")
        let app = SiteCookies(settings: settings.cookies, isHTTPS: false)
        for spelling in ["runegate_owner", "__Host-runegate_owner", "__SECURE-Runegate_Owner"] {
            #expect(SiteCookieTests.setsOurs("\(spelling)=x; Domain=example.com", app))
            #expect(try SiteCookieTests.stripped("a=1; \(spelling)=x", by: app) == "a=1")
        }
    }
}
