import Testing

@testable import Gateway

// What the app gets to see of a request, and the visitor of an answer.

@Suite(.serialized) struct ProxyHeaderTests {
    /// The head that the app got, as lines.
    private func lines(_ fixture: EdgeFixture) -> [String] {
        fixture.app.text.split(separator: "\r\n").map(String.init)
    }

    @Test func `a request goes on byte for byte, with what we say of the visitor`() async throws {
        try await EdgeFixture.run { fixture in
            let target = "/a%2Fb//c;x=%2e%2E/\\d?q=%00&next=/.runegate/"
            _ = try await fixture.answer(
                to:
                    "GET \(target) HTTP/1.1\r\n\(EdgeFixture.host)X-One: 1\r\nx-two:2\r\nX-One:   3\r\nEmpty:\r\n"
                    + "Cookie: a=b; runegate_id=good; c=\"d;e\"\r\nAccept: */*\r\n\r\n")
            #expect(
                lines(fixture) == [
                    "GET \(target) HTTP/1.1", "Host: localhost:7870", "X-One: 1", "x-two:2", "X-One:   3",
                    "Empty:",
                    "Cookie: a=b; c=\"d;e\"", "Accept: */*", "X-Forwarded-For: 127.0.0.1",
                    "X-Real-IP: 127.0.0.1",
                    "X-Forwarded-Proto: http", "X-Forwarded-Host: localhost:7870",
                    "X-Runegate-Authenticated: true",
                    "X-Runegate-User: ann@example.com", "X-Forwarded-User: ann@example.com",
                    "X-Forwarded-Email: ann@example.com",
                ])
        }
    }

    @Test func `identity headers can be switched off, forwarding headers not`() async throws {
        try await EdgeFixture.run(environment: ["RUNEGATE_IDENTITY_HEADERS": "false"]) { fixture in
            _ = try await fixture.answer(to: EdgeFixture.get("/", "X-Forwarded-User: eve\r\n"))
            #expect(!fixture.app.text.contains("User"))
            #expect(!fixture.app.text.contains("ann@"))
            #expect(fixture.app.text.contains("X-Forwarded-For: 127.0.0.1\r\n"))
        }
    }

    @Test func `no spelling of an identity header comes from outside`() async throws {
        let names = [
            "X-Forwarded-User", "X-Forwarded-Email", "X-Runegate-User", "X-Runegate-Authenticated",
            "X-Forwarded-For",
            "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "X-Forwarded-Port",
            "X-Forwarded-Groups",
        ]
        try await EdgeFixture.run { fixture in
            let visitor = try await fixture.visitor()
            var sent = 0
            for name in names {
                for cased in [name, name.lowercased(), name.uppercased()] {
                    for sign in ["-", "_", "."] {
                        let spelling = cased.replacing("-", with: sign)
                        for fields in [
                            "\(spelling): eve\r\n", "\(spelling): eve\r\n\(spelling): mallory-eve\r\n",
                        ] {
                            sent += 1
                            visitor.send(EdgeFixture.get("/\(sent)", fields))
                            let expected = sent
                            try await visitor.wait { $0.count(of: "\r\n\r\nok") == expected }
                        }
                    }
                }
            }
            #expect(sent == names.count * 18)
            #expect(fixture.app.requestCount == sent)
            #expect(!fixture.app.text.contains("eve"))
            for name in ["X-Forwarded-User: ", "X-Runegate-User: ", "X-Forwarded-Email: "] {
                #expect(fixture.app.text.ranges(of: "\r\n\(name)ann@example.com\r\n").count == sent)
            }
            #expect(fixture.app.text.ranges(of: "\r\nX-Forwarded-For: 127.0.0.1\r\n").count == sent)
            visitor.close()
        }
    }

    @Test func `the address comes from trusted proxies only`() async throws {
        try await EdgeFixture.run(environment: ["RUNEGATE_TRUSTED_PROXIES": "127.0.0.1"]) { fixture in
            _ = try await fixture.answer(
                to: EdgeFixture.get("/", "X-Forwarded-For: 6.6.6.6, 203.0.113.5\r\n"))
            #expect(fixture.app.text.contains("X-Forwarded-For: 203.0.113.5\r\nX-Real-IP: 203.0.113.5\r\n"))
        }
        try await EdgeFixture.run(environment: ["RUNEGATE_TRUSTED_PROXIES": "192.0.2.1"]) { fixture in
            _ = try await fixture.answer(to: EdgeFixture.get("/", "X-Forwarded-For: 203.0.113.5\r\n"))
            #expect(fixture.app.text.contains("X-Forwarded-For: 127.0.0.1\r\nX-Real-IP: 127.0.0.1\r\n"))
        }
    }

    @Test func `hop-by-hop fields stop here, on the way in`() async throws {
        try await EdgeFixture.run { fixture in
            _ = try await fixture.answer(
                to: EdgeFixture.get(
                    "/",
                    "Connection: keep-alive, X-Hop\r\nX-Hop: secret-1\r\nx-hop: secret-2\r\nKeep-Alive: secret-3\r\n"
                        + "TE: trailers\r\nTrailer: secret-4\r\nProxy-Connection: secret-5\r\nProxy: http://secret-6\r\n"
                        + "Upgrade: h2c\r\nHTTP2-Settings: secret-7\r\nX-Kept: yes\r\n"))
            let text = fixture.app.text
            #expect(!text.contains("secret"))
            for name in ["Connection", "Keep-Alive", "TE:", "Trailer", "Upgrade", "HTTP2"] {
                #expect(!text.contains(name))
            }
            #expect(text.contains("X-Kept: yes\r\n"))
        }
    }

    @Test func `our cookies never reach the app`() async throws {
        try await EdgeFixture.run { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "GET /1 HTTP/1.1\r\n\(EdgeFixture.host)Cookie: runegate_id=good\r\n"
                    + "Cookie: x=1; runegate_nonce=abc; __Host-runegate_id=def; __Secure-Runegate_ID=ghi; y=2\r\n\r\n"
            )
            try await visitor.wait(for: "\r\n\r\nok")
            #expect(!fixture.app.text.lowercased().contains("runegate_"))
            #expect(fixture.app.text.contains("Cookie: x=1; y=2\r\n"))
            #expect(fixture.app.text.ranges(of: "Cookie:").count == 1)
            visitor.close()
        }
    }

    @Test func `an answer goes on in its order, without what is between us and the app`() async throws {
        let answer =
            "HTTP/1.1 299 Very Fine\r\nSet-Cookie: a=1\r\nX-A: 1\r\nset-cookie: b=2; Path=/\r\nSet-Cookie: runegate_id=evil\r\n"
            + "Set-Cookie: =runegate_id=evil\r\nSET-COOKIE: __Host-runegate_nonce=evil\r\nSet-Cookie: a=3\r\n"
            + "Clear-Site-Data: \"cookies\"\r\nKeep-Alive: timeout=5\r\nConnection: keep-alive, X-Internal\r\nX-Internal: hidden\r\n"
            + "Trailer: X\r\nUpgrade: h2c\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nok"
        try await EdgeFixture.run(script: RawApp.answering(answer)) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait(for: "\r\n\r\nok")
            #expect(
                visitor.text
                    == "HTTP/1.1 299 Very Fine\r\nSet-Cookie: a=1\r\nX-A: 1\r\nset-cookie: b=2; Path=/\r\nSet-Cookie: a=3\r\n"
                    + "X-A: 2\r\nContent-Length: 2\r\n\r\nok")
            visitor.close()
        }
    }
}
