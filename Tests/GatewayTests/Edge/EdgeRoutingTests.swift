import Testing

@testable import Gateway

// Who answers what: the app only ever hears of admitted requests of signed-in visitors.

@Suite(.serialized) struct EdgeRoutingTests {
    @Test func `without a session the app hears nothing`() async throws {
        try await EdgeFixture.run { fixture in
            let api = try await fixture.answer(to: "GET /x HTTP/1.1\r\n\(EdgeFixture.host)\r\n")
            #expect(api.hasPrefix("HTTP/1.1 401 "))
            let page = try await fixture.answer(
                to: "GET /x HTTP/1.1\r\n\(EdgeFixture.host)Accept: text/html\r\n\r\n")
            #expect(page.hasPrefix("HTTP/1.1 302 "))
            #expect(page.contains("Location: /.runegate/login?next="))
            for cookie in [
                "runegate_id=bad", "runegate_id=good; runegate_id=good", "=runegate_id=good",
                "Runegate_id=good",
            ] {
                let answer = try await fixture.answer(
                    to: "GET /x HTTP/1.1\r\n\(EdgeFixture.host)Cookie: \(cookie)\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 401 "), "\(cookie)")
            }
            #expect(fixture.app.text.isEmpty)
        }
    }

    @Test func `our own pages are ours, with a session or without`() async throws {
        try await EdgeFixture.run { fixture in
            let health = try await fixture.answer(to: "GET /.runegate/health HTTP/1.1\r\nHost: probe\r\n\r\n")
            #expect(health.hasPrefix("HTTP/1.1 200 OK\r\n"))
            let unknown = try await fixture.answer(to: EdgeFixture.get("/.runegate/nothing"))
            #expect(unknown.hasPrefix("HTTP/1.1 404 "))
            let head = try await fixture.answer(
                to: "HEAD /.runegate/login HTTP/1.1\r\n\(EdgeFixture.host)\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(head.hasSuffix("\r\n\r\n"))
            #expect(head.contains("Date: "))
            #expect(fixture.app.text.isEmpty)
        }
    }

    @Test func `a form of ours is collected, and its size is bounded`() async throws {
        try await EdgeFixture.run { fixture in
            let post =
                "POST /.runegate/login HTTP/1.1\r\n\(EdgeFixture.host)Content-Type: application/json\r\n"
            let visitor = try await fixture.visitor()
            visitor.send(post + "Expect: 100-continue\r\nContent-Length: 25\r\n\r\n")
            try await visitor.wait(for: "HTTP/1.1 100 Continue\r\n\r\n")
            visitor.send("{\"email\":\"a@example.com")
            visitor.send("\"}")
            try await visitor.wait(for: "HTTP/1.1 200 OK\r\n")
            visitor.close()

            let whole = try await fixture.answer(
                to: post
                    + "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"email\":\r\n10\r\n\"a@example.com\"}\r\n0\r\n\r\n"
            )
            #expect(whole.hasPrefix("HTTP/1.1 200 OK\r\n"), "\(whole)")
            let large = try await fixture.answer(to: post + "Content-Length: 16385\r\n\r\n")
            #expect(large.hasPrefix("HTTP/1.1 413 "))
            let chunks = "1001\r\n" + String(repeating: "a", count: 0x1001) + "\r\n"
            let grown = try await fixture.answer(
                to: post + "Transfer-Encoding: chunked\r\n\r\n" + String(repeating: chunks, count: 4))
            #expect(grown.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test func `requests on one connection are answered in their order`() async throws {
        try await EdgeFixture.run { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                EdgeFixture.get("/a") + "GET /b HTTP/1.1\r\n\(EdgeFixture.host)\r\n" + EdgeFixture.get("/c")
                    + "GET /.runegate/health HTTP/1.1\r\n\(EdgeFixture.host)Connection: close\r\n\r\n")
            try await visitor.wait { $0.hasInputEnded }
            let text = visitor.text
            let statuses = text.ranges(of: "HTTP/1.1 ").map { text[$0.upperBound...].prefix(3) }
            #expect(statuses == ["200", "401", "200", "200"])
            #expect(fixture.app.requestCount == 2)
            #expect(fixture.app.connections.count == 1)
            visitor.close()
        }
    }

    @Test func `a thousand requests at once do not deepen the stack`() async throws {
        try await EdgeFixture.run { fixture in
            let visitor = try await fixture.visitor()
            let one = "GET /x HTTP/1.1\r\n\(EdgeFixture.host)\r\n"
            visitor.send(String(repeating: one, count: 1000))
            try await visitor.wait { $0.count(of: "HTTP/1.1 401 ") == 1000 }
            visitor.close()
        }
    }
}
