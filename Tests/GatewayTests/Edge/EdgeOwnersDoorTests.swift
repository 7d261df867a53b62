import Testing

@testable import Gateway

/// Two host names at one gateway: what comes by the owner's never reaches the app.
struct EdgeOwnersDoorTests {
    private static let environment = [
        "RUNEGATE_ADMIN_BASE_URL": "http://owner.localhost:7870", "RUNEGATE_ADMINS": "ann@example.com",
    ]
    private static let owner = "Host: Owner.localhost:7870\r\n"
    private static let ownerCookie = "Cookie: runegate_owner=owner\r\n"

    @Test(arguments: [
        "GET / HTTP/1.1\r\n", "GET /files/a?b=c HTTP/1.1\r\n",
        "POST /upload HTTP/1.1\r\nContent-Length: 0\r\n",
        "BREW /pot HTTP/1.1\r\n",
        "GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://owner.localhost:7870\r\n",
    ])
    func `nothing reaches the app, with any session or none`(start: String) async throws {
        try await EdgeFixture.run(environment: Self.environment) { fixture in
            for cookie in ["", EdgeFixture.cookie, Self.ownerCookie, "Cookie: runegate_owner=good\r\n"] {
                let text = try await fixture.answer(to: start + Self.owner + cookie + "\r\n")
                #expect(text.hasPrefix("HTTP/1.1 "), "\(cookie)")
                #expect(!text.contains("101 Switching"), "\(cookie)")
            }
            #expect(fixture.app.connections.count == 0)
        }
    }

    @Test func `each door knows its own cookie`() async throws {
        try await EdgeFixture.run(environment: Self.environment) { fixture in
            let page = try await fixture.answer(to: "GET / HTTP/1.1\r\n\(Self.owner)\(Self.ownerCookie)\r\n")
            #expect(page.hasPrefix("HTTP/1.1 200 ") && page.hasSuffix("GET / for ann@example.com"))
            for cookie in [
                EdgeFixture.cookie, "Cookie: runegate_owner=good\r\n", "Cookie: runegate_id=owner\r\n",
            ] {
                try await fixture.expect("401", for: "GET / HTTP/1.1\r\n\(Self.owner)\(cookie)\r\n")
            }
            for cookie in [Self.ownerCookie, "Cookie: runegate_id=owner\r\n"] {
                try await fixture.expect("401", for: "GET / HTTP/1.1\r\n\(EdgeFixture.host)\(cookie)\r\n")
            }
            try await fixture.expect("200", for: EdgeFixture.get("/"))
        }
    }

    @Test func `a stranger at the owner's door is sent to its sign-in page`() async throws {
        try await EdgeFixture.run(environment: Self.environment) { fixture in
            let text = try await fixture.answer(
                to: "GET /x HTTP/1.1\r\n\(Self.owner)Sec-Fetch-Mode: navigate\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 302 ") && text.contains("ocation: /.runegate/login?next=/x\r\n"))
        }
    }

    @Test func `a third host is misdirected, and the owner's too where there is no such door`() async throws {
        try await EdgeFixture.run(environment: Self.environment) { fixture in
            for host in ["third.localhost:7870", "owner.localhost", "owner.localhost:7871"] {
                try await fixture.expect(
                    "421", for: "GET / HTTP/1.1\r\nHost: \(host)\r\n\(Self.ownerCookie)\r\n")
            }
        }
        try await EdgeFixture.run { fixture in
            try await fixture.expect("421", for: "GET / HTTP/1.1\r\n\(Self.owner)\(Self.ownerCookie)\r\n")
        }
    }

    @Test func `one connection may come to both doors`() async throws {
        try await EdgeFixture.run(environment: Self.environment) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait { $0.text.contains("200") }
            visitor.send("GET / HTTP/1.1\r\n\(Self.owner)\(EdgeFixture.cookie)\r\n")
            try await visitor.wait { $0.text.contains("HTTP/1.1 401") }
            #expect(fixture.app.connections.count == 1)
            visitor.close()
        }
    }
}
