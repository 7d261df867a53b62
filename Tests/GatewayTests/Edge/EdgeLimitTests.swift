import NIOCore
import Testing

@testable import Gateway

// What takes too long or grows too large.

@Suite(.serialized) struct EdgeLimitTests {
    private var quick: EdgeLimits {
        var limits = EdgeLimits()
        limits.headDeadline = .milliseconds(500)
        limits.keepAliveIdle = .milliseconds(200)
        limits.bodyStall = .milliseconds(200)
        limits.halfClosedWait = .milliseconds(200)
        limits.linger = .milliseconds(200)
        limits.sweepInterval = .milliseconds(20)
        return limits
    }

    @Test func `a head must be whole in time, however it drips`() async throws {
        // The deadline counts from the connection's start: on a busy machine the first byte may come late.
        var limits = quick
        limits.headDeadline = .seconds(5)
        limits.linger = .seconds(10)
        try await EdgeFixture.run(limits: limits) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send("GET / HTTP/1.1\r\nHost: localhost:7870\r\nX-Slow: ")
            while !visitor.record.hasInputEnded {
                visitor.send(bytes: [UInt8(ascii: "x")])
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(visitor.text.hasPrefix("HTTP/1.1 408 "))
            visitor.close()
        }
    }

    @Test func `a silent connection is closed without a word`() async throws {
        try await EdgeFixture.run(limits: quick) { fixture in
            let visitor = try await fixture.visitor()
            try await visitor.wait { $0.hasInputEnded }
            #expect(visitor.text.isEmpty)
            let kept = try await fixture.visitor()
            kept.send(EdgeFixture.get("/"))
            try await kept.wait { $0.text.hasSuffix("ok") && $0.hasInputEnded }
        }
    }

    @Test func `an upload that stops is ended, and the app sees it`() async throws {
        try await EdgeFixture.run(limits: quick, script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: 10\r\n\r\nhalf")
            try await visitor.wait { $0.hasInputEnded }
            let app = try await fixture.firstAppConnection()
            try await app.wait { $0.hasInputEnded }
        }
    }

    @Test func `an app may be silent for as long as it likes`() async throws {
        try await EdgeFixture.run(limits: quick, script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            let app = try await fixture.firstAppConnection()
            try await app.wait(for: "\r\n\r\n")
            #expect(await visitor.reaches({ $0.hasInputEnded }, within: .milliseconds(800)) == false)
            app.send(RawApp.ok)
            try await visitor.wait(for: "\r\n\r\nok")
            visitor.close()
        }
    }

    @Test func `a visitor who hung up does not hold the app for long`() async throws {
        try await EdgeFixture.run(limits: quick, script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            visitor.endOutput()
            let app = try await fixture.firstAppConnection()
            try await app.wait { $0.hasInputEnded }
        }
    }

    @Test func `heads that grow too large`() async throws {
        try await EdgeFixture.run { fixture in
            let long = String(repeating: "a", count: 20_000)
            try await fixture.expect("414", for: "GET /\(long)")
            try await fixture.expect("431", for: "GET / HTTP/1.1\r\nX: \(long)")
            try await fixture.expect("431", for: EdgeFixture.get("/", "X: \(long)\r\n"))
            let many = String(repeating: "A: b\r\n", count: 101)
            try await fixture.expect("431", for: EdgeFixture.get("/", many))
            #expect(fixture.app.text.isEmpty)
        }
    }

    @Test func `one address has so many connections, a trusted proxy any number`() async throws {
        var limits = EdgeLimits()
        limits.connectionsPerAddress = 2
        try await EdgeFixture.run(environment: ["RUNEGATE_TRUSTED_PROXIES": "192.0.2.1"], limits: limits) {
            fixture in
            let first = try await fixture.visitor()
            let second = try await fixture.visitor()
            for visitor in [first, second] {
                visitor.send(EdgeFixture.get("/"))
                try await visitor.wait(for: "\r\n\r\nok")
            }
            let third = try await fixture.visitor()
            third.send(EdgeFixture.get("/"))
            try await third.wait { $0.hasInputEnded }
            #expect(third.text.isEmpty)
            first.close()
            second.close()
        }
        try await EdgeFixture.run(limits: limits) { fixture in
            for _ in 0..<5 {
                let visitor = try await fixture.visitor()
                visitor.send(EdgeFixture.get("/"))
                try await visitor.wait(for: "\r\n\r\nok")
            }
        }
    }

    @Test func `when all places are taken the next visitor waits in the kernel`() async throws {
        var limits = EdgeLimits()
        limits.connections = 1
        try await EdgeFixture.run(limits: limits) { fixture in
            let first = try await fixture.visitor()
            first.send(EdgeFixture.get("/1"))
            try await first.wait(for: "\r\n\r\nok")
            let second = try await fixture.visitor()
            second.send(EdgeFixture.get("/2"))
            #expect(
                await second.reaches({ !$0.bytes.isEmpty || $0.hasInputEnded }, within: .milliseconds(200))
                    == false)
            first.close()
            try await second.wait(for: "\r\n\r\nok")
            second.close()
        }
    }
}
