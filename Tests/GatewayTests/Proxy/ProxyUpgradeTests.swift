import NIOCore
import Testing

@testable import Gateway
@testable import Identity

// WebSockets and other upgrades: nothing before the app's 101, everything after it.

@Suite(.serialized) struct ProxyUpgradeTests {
    static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"

    /// A handshake with these further fields.
    static func handshake(
        _ fields: String = "Origin: http://localhost:7870\r\n", cookie: String = EdgeFixture.cookie
    )
        -> String
    {
        "GET /ws HTTP/1.1\r\n\(EdgeFixture.host)\(cookie)Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\(fields)\r\n"
    }

    /// Agrees to a handshake and sends back what comes behind it.
    static let echo: RawApp.Script = { peer in
        let text = peer.text
        peer.forget()
        peer.send(text.hasSuffix("\r\n\r\n") ? switching : text)
    }

    @Test func `bytes go both ways after the app agreed`() async throws {
        try await EdgeFixture.run(script: Self.echo) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.handshake())
            try await visitor.wait(for: "\r\n\r\n")
            #expect(
                visitor.text
                    == "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nConnection: Upgrade\r\n\r\n")
            for word in ["\u{81}\u{2}hi", "GET / HTTP/1.1\r\n", String(repeating: "x", count: 100_000)] {
                visitor.forget()
                visitor.send(word)
                let count = word.utf8.count
                try await visitor.wait { $0.bytes.count == count }
                #expect(visitor.text == word)
            }
            visitor.close()
            try await fixture.firstAppConnection().wait { $0.hasInputEnded }
        }
    }

    @Test func `the app sees the handshake and who asks`() async throws {
        try await EdgeFixture.run(script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.handshake())
            let app = try await fixture.firstAppConnection()
            try await app.wait(for: "\r\n\r\n")
            for line in [
                "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                "X-Forwarded-User: ann@example.com",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Origin: http://localhost:7870",
                "Host: localhost:7870",
            ] { #expect(app.text.contains("\r\n\(line)\r\n"), "\(line)") }
            #expect(app.text.ranges(of: "Connection:").count == 1)
            visitor.close()
        }
    }

    @Test func `nothing goes on before the app agreed, and nothing at all when it did not`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                if peer.text.hasSuffix("\r\n\r\n") {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")
                }
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.handshake() + "GET /smuggled HTTP/1.1\r\n\(EdgeFixture.host)\r\n")
            try await visitor.wait { $0.text.contains("\r\n\r\nno") && $0.hasInputEnded }
            #expect(!fixture.app.text.contains("/smuggled"))
            #expect(fixture.app.requestCount == 1)
            visitor.close()
        }
    }

    @Test func `early bytes follow the app's agreement`() async throws {
        try await EdgeFixture.run(
            script: { peer in if peer.text.hasSuffix("\r\n\r\n") { peer.send(Self.switching + "welcome") } }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.handshake() + "early")
            try await visitor.wait(for: "\r\n\r\nwelcome")
            let app = try await fixture.firstAppConnection()
            try await app.wait { $0.text.hasSuffix("\r\n\r\nearly") }
            visitor.close()
        }
    }

    @Test(arguments: [
        ("Origin: https://localhost:7870\r\n", "403"), ("Origin: http://evil.example\r\n", "403"),
        ("Origin: null\r\n", "403"),
        ("Origin: http://localhost:7870.evil.example\r\n", "403"), ("Origin: http://localhost\r\n", "403"),
        ("", "403"),
        ("Origin: http://localhost:7870\r\nOrigin: http://localhost:7870\r\n", "403"),
        ("Origin: http://localhost:7870/\r\n", "403"), ("Origin: HTTP://LOCALHOST:7870\r\n", "101"),
        ("Origin: http://127.0.0.1:7870\r\n", "101"), ("Origin: http://localhost:7870\r\n", "101"),
    ])
    func `only our own pages may open a WebSocket`(fields: String, expected: String) async throws {
        try await EdgeFixture.run(script: RawApp.answering(Self.switching)) { fixture in
            let text = try await fixture.answer(to: Self.handshake(fields))
            #expect(text.hasPrefix("HTTP/1.1 \(expected) "), "\(text)")
            #expect(fixture.app.text.isEmpty == (expected == "403"))
        }
    }

    @Test func `without a session a WebSocket gets 401`() async throws {
        try await EdgeFixture.run { fixture in
            let text = try await fixture.answer(to: Self.handshake(cookie: ""))
            #expect(text.hasPrefix("HTTP/1.1 401 "))
            #expect(fixture.app.text.isEmpty)
        }
    }

    @Test func `h2c is never passed on`() async throws {
        try await EdgeFixture.run { fixture in
            let text = try await fixture.answer(
                to: EdgeFixture.get(
                    "/",
                    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n"
                ))
            #expect(text.hasPrefix("HTTP/1.1 200 "))
            #expect(!fixture.app.text.lowercased().contains("h2c"))
            #expect(!fixture.app.text.contains("Upgrade"))
        }
    }

    @Test func `each side may stop sending by itself`() async throws {
        try await EdgeFixture.run(script: { peer in
            if peer.text.hasSuffix("\r\n\r\n") { peer.send(Self.switching) }
        }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.handshake())
            try await visitor.wait(for: "\r\n\r\n")
            let app = try await fixture.firstAppConnection()
            visitor.send("bye")
            visitor.endOutput()
            try await app.wait { $0.text.hasSuffix("bye") && $0.hasInputEnded }
            #expect(!visitor.record.hasInputEnded)
            app.send("farewell")
            app.endOutput()
            try await visitor.wait { $0.text.hasSuffix("farewell") && $0.isClosed }
        }
    }

    @Test func `the end of the session ends the stream within a second`() async throws {
        try await EdgeFixture.run(script: Self.echo) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.handshake())
            try await visitor.wait(for: "\r\n\r\n")
            fixture.session.end()
            // Looked at twice a second; the rest is for a machine that does other things as well.
            #expect(EdgeLimits().sweepInterval <= .milliseconds(500))
            #expect(await visitor.reaches({ $0.hasInputEnded }, within: .seconds(5)))
            let app = try await fixture.firstAppConnection()
            try await app.wait { $0.hasInputEnded }
        }
    }

    @Test func `the end of the session ends a download and an event stream`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"
        try await EdgeFixture.run(script: RawApp.answering(answer)) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait(for: "data: 1")
            fixture.session.end()
            #expect(await visitor.reaches({ $0.hasInputEnded }, within: .seconds(5)))
            #expect(!visitor.text.hasSuffix("0\r\n\r\n"))
        }
    }
}
