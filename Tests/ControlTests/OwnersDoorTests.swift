import Logging
import Metrics
import NIOHTTP1
import Testing

@testable import Control

/// The owner's page for a host name of its own: the page and its button, nothing else.
struct OwnersDoorTests {
    private static func ask(
        _ method: HTTPMethod, _ path: String, _ fixture: OwnerFixture = OwnerFixture(), body: String = ""
    ) async -> ControlResponse {
        let door = OwnersDoor(
            actions: fixture.actions, metrics: MetricsRegistry(),
            brand: OwnerPageBrand(name: "Runegate", color: "#3d4fb8"))
        let headers: HTTPHeaders = [
            "content-type": "application/x-www-form-urlencoded", "host": "owner.example.com",
        ]
        return await door.respond(
            method: method, path: path, headers: headers, body: Array(body.utf8), admin: "ann@example.com")
    }

    @Test func `the page says who is signed in to it, and lets him sign out`() async {
        let response = await Self.ask(.GET, "/")
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(response.status == .ok)
        #expect(text.contains("Signed in as ann@example.com"))
        #expect(text.contains(#"action="/.runegate/logout""#))
        #expect(
            response.headers.first(name: "content-security-policy")?.contains("default-src 'none'") == true)
        #expect(await Self.ask(.GET, "/owner.css").status == .ok)
    }

    @Test(arguments: [
        "/metrics", "/v1/status", "/v1/sessions", "/v1/sessions/revoke", "/v1/login-link", "/v1/mail/test",
        "/x", "", "//", "/owner.css/",
    ])
    func `nothing else of the control socket is there`(path: String) async {
        let fixture = OwnerFixture()
        for method in [HTTPMethod.GET, .POST] {
            #expect(await Self.ask(method, path, fixture).status == .notFound)
        }
        #expect(fixture.log.isEmpty)
    }

    @Test func `the button signs somebody out and comes back`() async {
        let fixture = OwnerFixture()
        let response = await Self.ask(.POST, "/revoke", fixture, body: "id=0123456789abcdef")
        #expect(response.status == .seeOther && response.headers.first(name: "location") == "/")
        #expect(fixture.log == ["revoke 0123456789abcdef"])
        #expect(await Self.ask(.GET, "/revoke", fixture).status == .methodNotAllowed)
        #expect(await Self.ask(.POST, "/", fixture).status == .methodNotAllowed)
    }
}
