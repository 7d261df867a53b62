import NIOCore
import Testing

@testable import Gateway

// Bodies and their ends, in both directions.

@Suite(.serialized) struct ProxyRelayTests {
    /// Sends one request and returns everything until the gateway closes or `end` arrives.
    private func exchange(
        _ fixture: EdgeFixture, _ request: String, until end: String
    ) async throws -> String {
        let visitor = try await fixture.visitor()
        visitor.send(request)
        try await visitor.wait { $0.text.hasSuffix(end) || $0.hasInputEnded }
        defer { visitor.close() }
        return visitor.text
    }

    @Test func `a kept connection serves one request after another`() async throws {
        try await EdgeFixture.run { fixture in
            let visitor = try await fixture.visitor()
            for number in 1...20 {
                visitor.send(EdgeFixture.get("/\(number)"))
                try await visitor.wait { $0.count(of: "\r\n\r\nok") == number }
            }
            #expect(fixture.app.connections.count == 1)
            #expect(fixture.app.requestCount == 20)
            visitor.close()
        }
    }

    @Test func `chunks are framed anew`() async throws {
        let answer =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n01\r\nd\r\n0\r\nX-T: y\r\n\r\n"
        try await EdgeFixture.run(script: RawApp.answering(answer)) { fixture in
            let text = try await exchange(fixture, EdgeFixture.get("/"), until: "0\r\n\r\n")
            #expect(
                text == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"
            )
        }
    }

    @Test func `an HTTP 1.0 visitor gets no chunks`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        try await EdgeFixture.run(script: RawApp.answering(answer)) { fixture in
            let text = try await exchange(
                fixture,
                "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)\r\n",
                until: "never")
            #expect(text == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
        }
    }

    @Test func `an answer that ends with the connection becomes chunks`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                guard peer.text.hasSuffix("\r\n\r\n") else { return }
                peer.send("HTTP/1.0 200 OK\r\n\r\nabc")
                peer.close()
            }
        ) { fixture in
            let text = try await exchange(fixture, EdgeFixture.get("/"), until: "0\r\n\r\n")
            #expect(text == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"),
        (
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: x\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nETag: x\r\n\r\n"
        ),
        (
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" + RawApp.ok,
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        ),
    ])
    func `answers without a body, and answers before the answer`(answer: String, expected: String)
        async throws
    {
        try await EdgeFixture.run(script: RawApp.answering(answer)) { fixture in
            let text = try await exchange(fixture, EdgeFixture.get("/"), until: expected)
            #expect(text == expected)
        }
    }

    @Test func `HEAD keeps the length and has no body`() async throws {
        try await EdgeFixture.run(script: RawApp.answering("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")) {
            fixture in
            let visitor = try await fixture.visitor()
            let head = "HEAD / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)\r\n"
            visitor.send(head + head)
            try await visitor.wait { $0.count(of: "Content-Length: 99\r\n\r\n") == 2 }
            #expect(fixture.app.connections.count == 1)
            visitor.close()
        }
    }

    @Test func `an expectation is answered here, once the app's connection stands`() async throws {
        try await EdgeFixture.run(script: { peer in if peer.text.hasSuffix("hello") { peer.send(RawApp.ok) } }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "PUT / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            )
            try await visitor.wait { $0.text == "HTTP/1.1 100 Continue\r\n\r\n" }
            visitor.send("hello")
            try await visitor.wait(for: "\r\n\r\nok")
            #expect(!fixture.app.text.contains("Expect"))
            visitor.close()
        }
    }

    @Test func `an app that cannot be reached is told before the body is sent`() async throws {
        try await EdgeFixture.run { fixture in
            await fixture.app.stop()
            let text = try await fixture.answer(
                to:
                    "PUT / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"
            )
            #expect(text.hasPrefix("HTTP/1.1 502 "), "\(text)")
            #expect(text.contains("app") || text.contains("App"))
        }
    }

    @Test func `an answer may overtake the upload, and both go on`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                if peer.text.hasSuffix("first") {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
                }
                if peer.text.hasSuffix("last!") { peer.send("def") }
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: 10\r\n\r\nfirst")
            try await visitor.wait(for: "\r\n\r\nabc")
            #expect(visitor.text.contains("Connection: close\r\n"))
            visitor.send("last!")
            try await visitor.wait { $0.text.hasSuffix("abcdef") && $0.hasInputEnded }
            visitor.close()
        }
    }

    @Test func `an answer that ends before the upload ends the connection, and is not lost`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                guard peer.text.contains("\r\n\r\nfirst") else { return }
                peer.forget()
                peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!")
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: 1000000\r\n\r\nfirst"
            )
            visitor.send(bytes: [UInt8](repeating: 0x61, count: 200_000))
            try await visitor.wait { $0.text.hasSuffix("no!") && $0.hasInputEnded }
            #expect(visitor.text.hasPrefix("HTTP/1.1 413 Too Large\r\n"))
            visitor.close()
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ])
    func `an answer that is cut is seen to be cut`(answer: String) async throws {
        try await EdgeFixture.run(
            script: { peer in
                guard peer.text.hasSuffix("\r\n\r\n") else { return }
                peer.send(answer)
                peer.close()
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait { $0.hasInputEnded }
            #expect(visitor.text.contains("abc"))
            #expect(!visitor.text.hasSuffix("0\r\n\r\n"))
            visitor.close()
        }
    }

    @Test func `an upload that is cut is seen to be cut`() async throws {
        try await EdgeFixture.run(script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
            )
            let connection = try await fixture.firstAppConnection()
            try await connection.wait(for: "abc")
            visitor.close()
            try await connection.wait { $0.hasInputEnded }
            #expect(!connection.text.contains("0\r\n\r\n"))
        }
    }

    @Test func `an app that goes away without an answer is told`() async throws {
        try await EdgeFixture.run(script: { peer in if peer.text.hasSuffix("\r\n\r\n") { peer.close() } }) {
            fixture in
            try await fixture.expect("502", for: EdgeFixture.get("/"))
            // A fresh connection was lost: nothing is tried twice.
            #expect(fixture.app.requestCount == 1)
        }
    }

    @Test func `a dead kept connection costs a GET nothing`() async throws {
        // Each connection answers once and dies on its second request.
        try await EdgeFixture.run(
            script: { peer in
                let count = peer.record.count(of: " HTTP/1.1\r\n")
                if count == 1 { peer.send(RawApp.ok) } else { peer.close() }
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/1"))
            try await visitor.wait { $0.count(of: "\r\n\r\nok") == 1 }
            visitor.send(EdgeFixture.get("/2"))
            try await visitor.wait { $0.count(of: "\r\n\r\nok") == 2 }
            #expect(fixture.app.connections.count == 2)
            visitor.close()
        }
    }

    @Test func `a POST is sent once, whatever happens to its connection`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                let count = peer.record.count(of: " HTTP/1.1\r\n")
                if count == 1 { peer.send(RawApp.ok) } else { peer.close() }
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/1"))
            try await visitor.wait { $0.count(of: "\r\n\r\nok") == 1 }
            visitor.send(
                "POST /2 HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: 0\r\n\r\n")
            try await visitor.wait(for: "HTTP/1.1 502 ")
            #expect(fixture.app.text.ranges(of: "POST /2").count == 1)
            visitor.close()
        }
    }

    @Test func `a visitor who closed his side still gets his answer`() async throws {
        try await EdgeFixture.run { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            visitor.endOutput()
            try await visitor.wait { $0.text.hasSuffix("\r\n\r\nok") && $0.hasInputEnded }
        }
    }

    @Test func `small answers can be put together first`() async throws {
        try await EdgeFixture.run(
            environment: ["RUNEGATE_STREAM_RESPONSES": "false"],
            script: { peer in
                if peer.text.contains("GET /small"), peer.text.hasSuffix("\r\n\r\n") {
                    peer.forget()
                    peer.send(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
                    )
                } else if peer.text.contains("GET /events"), peer.text.hasSuffix("\r\n\r\n") {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
                } else if peer.text.hasSuffix("\r\n\r\n") {
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11170\r\n")
                    peer.send(bytes: [UInt8](repeating: 0x61, count: 70_000))
                }
            }
        ) { fixture in
            let small = try await exchange(fixture, EdgeFixture.get("/small"), until: "abcde")
            #expect(small == "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde")
            let events = try await exchange(fixture, EdgeFixture.get("/events"), until: "data: 1\n\n\r\n")
            #expect(events.contains("data: 1\n\n"))
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/large"))
            try await visitor.wait { $0.bytes.count > 70_000 }
            #expect(visitor.text.contains("Transfer-Encoding: chunked"))
            visitor.close()
        }
    }
}

extension EdgeFixture {
    /// The app's side of the first connection, once it is there.
    func firstAppConnection() async throws -> RawPeer {
        for _ in 0..<2000 {
            if let connection = app.connections.first { return connection }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw RawPeer.Failure.timedOut("no connection to the app")
    }
}
