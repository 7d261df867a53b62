import Testing

@testable import Gateway

// Whole requests as bytes against a recorder: the app gets exactly the requests that were admitted, none inside
// another one.

@Suite(.serialized) struct EdgeSmugglingTests {
    private static let victim = "GET /victim HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)\r\n"

    /// Fields of a POST whose body is `0\r\n\r\n` and a smuggled request.
    private static let ambiguous = [
        "Content-Length: 60\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 60",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding : chunked", " Transfer-Encoding: chunked", "X: y\r\n Transfer-Encoding: chunked",
        "Transfer-Encoding:\u{b}chunked", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity, chunked, identity", "Transfer_Encoding: chunked",
        "Transfer-Encoding: \"chunked\"",
        "Content-Length: 5\r\nContent-Length: 60", "Content-Length: 60\r\nContent-Length: 60",
        "Content-Length: 60, 60",
        "Content-Length: +60", "Content-Length: 060", "Content-Length: 60 ,", "Content_Length: 60",
        "Content-Length: 60\nTransfer-Encoding: chunked", "Content-Length: 60\rTransfer-Encoding: chunked",
        "X: y\nContent-Length: 60", "X\u{0}: y\r\nContent-Length: 60", "Transfer-Encoding\u{0}: chunked",
        "Transfer-Encoding: chunked\u{0}", "Transfer-Encoding: chunk\u{e9}d",
        "Transfer-Encoding:\r\n chunked",
        "Content-Length:\r\n 60", "Content-Length: 0x3c", "Content-Length: 6e1", "Content-Length: -60",
    ]

    @Test(arguments: ambiguous)
    func `an ambiguous request never reaches the app`(fields: String) async throws {
        try await EdgeFixture.run { fixture in
            let answer = try await fixture.answer(
                to:
                    "POST /attack HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)\(fields)\r\n\r\n0\r\n\r\n"
                    + Self.victim)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") || answer.hasPrefix("HTTP/1.1 501 "), "\(answer)")
            #expect(answer.contains("Connection: close\r\n"))
            #expect(fixture.app.text.isEmpty)
        }
    }

    @Test(arguments: [
        "5\r\nhello0\r\n\r\n", "5;x=y\r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n0\n\r\n",
        "5 \r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n",
        "5\r\nhello\r\n00000000000000000\r\n\r\n",
        "ffffffffffffffff5\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nBad Trailer\r\n\r\n",
        "\r\n5\r\nhello\r\n0\r\n\r\n",
    ])
    func `a malformed chunk ends both sides, and nothing behind it is a request`(body: String) async throws {
        try await EdgeFixture.run(script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST /attack HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Transfer-Encoding: chunked\r\n\r\n"
                    + body + Self.victim)
            try await visitor.wait { $0.hasInputEnded }
            #expect(fixture.app.requestCount <= 1)
            #expect(!fixture.app.text.contains("/victim"))
            // The app can tell that the request is cut: no last chunk came.
            #expect(!fixture.app.text.hasSuffix("0\r\n\r\n"))
            visitor.close()
        }
    }

    @Test func `the app sees one framing only`() async throws {
        try await EdgeFixture.run(
            script: { peer in if peer.text.hasSuffix("\r\n0\r\n\r\n") { peer.send(RawApp.ok) } }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST /x HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Transfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n00a\r\n0123456789\r\n0\r\nX-Forwarded-User: eve\r\nTransfer-Encoding: x\r\n\r\n"
            )
            try await visitor.wait(for: "\r\n\r\nok")
            let text = fixture.app.text
            #expect(text.contains("\r\nTransfer-Encoding: chunked\r\n"))
            #expect(!text.contains("Content-Length"))
            #expect(text.hasSuffix("\r\n\r\n3\r\nabc\r\na\r\n0123456789\r\n0\r\n\r\n"))
            #expect(!text.contains("eve"))
            visitor.close()
        }
    }

    @Test func `a body that looks like a request stays a body`() async throws {
        try await EdgeFixture.run(
            script: { peer in if peer.text.contains("/inner") { peer.send(RawApp.ok) } }
        ) { fixture in
            let inner = "GET /inner HTTP/1.1\r\nHost: localhost:7870\r\n\r\n"
            let visitor = try await fixture.visitor()
            visitor.send(
                "GET /outer HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: \(inner.utf8.count)\r\n\r\n"
                    + inner)
            try await visitor.wait(for: "\r\n\r\nok")
            #expect(visitor.record.count(of: "HTTP/1.1 200") == 1)
            #expect(fixture.app.text.contains("Content-Length: \(inner.utf8.count)\r\n"))
            #expect(fixture.app.text.hasSuffix("\r\n\r\n" + inner))
            visitor.close()
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\u{0}c\r\n\r\n", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: x=y\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n",
    ])
    func `a hostile answer becomes 502`(answer: String) async throws {
        try await EdgeFixture.run(script: RawApp.answering(answer)) { fixture in
            let text = try await fixture.answer(to: EdgeFixture.get("/"))
            #expect(text.hasPrefix("HTTP/1.1 502 "), "\(text)")
        }
    }

    @Test func `endless heads and interim answers end`() async throws {
        let endless =
            "HTTP/1.1 200 OK\r\n" + String(repeating: "A: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n", count: 3000)
        try await EdgeFixture.run(script: RawApp.answering(endless)) { fixture in
            try await fixture.expect("502", for: EdgeFixture.get("/"))
        }
        let flood = String(repeating: "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", count: 100)
        try await EdgeFixture.run(script: RawApp.answering(flood)) { fixture in
            try await fixture.expect("502", for: EdgeFixture.get("/"))
        }
    }

    @Test func `an answer nobody asked for is nobody's`() async throws {
        // A second answer behind the first: the connection must not be used again.
        try await EdgeFixture.run(
            script: RawApp.answering(RawApp.ok + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/1"))
            try await visitor.wait(for: "\r\n\r\nok")
            visitor.send(EdgeFixture.get("/2"))
            try await visitor.wait { $0.count(of: "\r\n\r\nok") == 2 }
            #expect(!visitor.text.contains("evil"))
            #expect(fixture.app.connections.count == 2)
            visitor.close()
        }
    }
}
