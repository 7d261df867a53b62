import NIOCore
import Testing
import UpstreamSelection

@testable import Gateway

// A path dies while requests and streams are on it, on real sockets.

@Suite(.serialized) struct FailoverDeathTests {
    private static let events =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
    private static let upgrade = EdgeFixture.get(
        "/ws",
        "Origin: http://localhost:7870\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")
    private static let switched =
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"

    private func onFallback(_ fixture: EdgeFixture, dead: Set<UpstreamPath.Name> = [.wireGuard]) -> Selection
    {
        Selection(
            current: .loopback(.rathole, port: fixture.fallback?.port ?? 0),
            alternative: .loopback(.wireGuard, port: fixture.app.port), dead: dead)
    }

    @Test func `a waiting GET goes to the other path at once, a POST gets the page and is not doubled`()
        async throws
    {
        try await EdgeFixture.run(
            script: FailoverScript.silent, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            let getting = try await fixture.visitor()
            let posting = try await fixture.visitor()
            getting.send(EdgeFixture.get("/g"))
            posting.send(FailoverConnectTests.post)
            try await fixture.until { _ in fixture.app.requestCount == 2 }
            await fixture.publish(onFallback(fixture))
            try await getting.wait(for: "\r\n\r\nok")
            try await posting.wait { $0.text.hasPrefix("HTTP/1.1 502 ") }
            #expect(fixture.fallback?.text.contains("GET /g") ?? false)
            #expect(fixture.fallback?.text.contains("POST") == false)
            getting.close()
            posting.close()
        }
    }

    @Test func `hundreds of waiting GETs all move, and no POST with them`() async throws {
        try await EdgeFixture.run(
            script: FailoverScript.silent, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            var visitors: [RawPeer] = []
            for number in 0..<220 {
                let visitor = try await fixture.visitor()
                visitor.send(number % 11 == 10 ? FailoverConnectTests.post : EdgeFixture.get("/\(number)"))
                visitors.append(visitor)
            }
            try await fixture.until { _ in fixture.app.requestCount == visitors.count }
            await fixture.publish(onFallback(fixture))
            for (number, visitor) in visitors.enumerated() {
                try await visitor.wait(for: number % 11 == 10 ? "HTTP/1.1 502 " : "\r\n\r\nok")
                visitor.close()
            }
            #expect(fixture.fallback?.text.contains("POST") == false)
            #expect(fixture.fallback?.requestCount == 200)
            #expect(await fixture.gateway.traffic().switching.replays == 200)
        }
    }

    @Test func `without another path the page comes at once`() async throws {
        try await EdgeFixture.run(script: FailoverScript.silent) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await fixture.until { _ in fixture.app.requestCount == 1 }
            await fixture.publish(
                Selection(current: .loopback(.direct, port: fixture.app.port), dead: [.direct]))
            try await visitor.wait { $0.text.hasPrefix("HTTP/1.1 502 ") }
            #expect(fixture.app.requestCount == 1)
            visitor.close()
        }
    }

    @Test func `kept connections are closed`() async throws {
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            try await fixture.expect("200", for: EdgeFixture.get("/"))
            let kept = try #require(fixture.app.connections.first)
            #expect(!kept.record.hasInputEnded)
            await fixture.publish(onFallback(fixture))
            try await kept.wait { $0.hasInputEnded }
            try await fixture.expect("200", for: EdgeFixture.get("/"))
            #expect(fixture.fallback?.requestCount == 1)
        }
    }

    @Test func `streams stay while their path lives and are cut when it dies`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                guard peer.text.hasSuffix("\r\n\r\n") else { return }
                peer.send(peer.text.hasPrefix("GET /ws ") ? Self.switched : Self.events)
            }, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            let events = try await fixture.visitor()
            let socket = try await fixture.visitor()
            events.send(EdgeFixture.get("/events"))
            try await events.wait(for: "one")
            socket.send(Self.upgrade)
            try await socket.wait(for: "101 Switching")
            let before = await fixture.gateway.traffic()
            #expect(before.paths[.wireGuard]?.streams == 2)
            #expect(before.users.count == 1)

            await fixture.publish(onFallback(fixture, dead: []))
            fixture.app.connections.first?.send("3\r\ntwo\r\n")
            try await events.wait(for: "two")
            fixture.app.connections.last?.send("frame")
            try await socket.wait(for: "frame")
            try await fixture.expect("200", for: EdgeFixture.get("/new"))
            #expect(fixture.fallback?.requestCount == 1)

            await fixture.publish(onFallback(fixture))
            try await events.wait { $0.isClosed || $0.hasInputEnded }
            try await socket.wait { $0.isClosed || $0.hasInputEnded }
            // Seen to be unfinished: no last chunk.
            #expect(!events.text.hasSuffix("0\r\n\r\n"))
            let after = await fixture.gateway.traffic()
            #expect(after.switching.streamsEnded == 2)
            #expect(after.paths.isEmpty)
            #expect(after.endedByDeath == [.wireGuard: 2])

            // Once the path lives again, those of another death are not mixed with these.
            await fixture.publish(onFallback(fixture, dead: []))
            #expect(await fixture.gateway.traffic().endedByDeath.isEmpty)
            await fixture.publish(onFallback(fixture))
            let again = await fixture.gateway.traffic()
            #expect(again.endedByDeath == [.wireGuard: 0] && again.switching.streamsEnded == 2)
        }
    }

    @Test func `requests and bytes are counted by the path that served them`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                guard peer.text.hasSuffix("\r\n\r\n") else { return }
                peer.send(peer.text.hasPrefix("GET /ws ") ? Self.switched : RawApp.ok)
            }, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            try await fixture.expect("200", for: EdgeFixture.get("/"))
            try await fixture.expect("200", for: EdgeFixture.get("/"))
            let first = await fixture.gateway.traffic()
            #expect(first.served.keys.map(\.self) == [.wireGuard])
            let body = try #require(first.served[.wireGuard]).bytesToVisitors
            #expect(first.served[.wireGuard]?.requests == 2 && body > 0)

            // An upgraded connection counts while it lasts, and once when it has ended.
            let socket = try await fixture.visitor()
            socket.send(Self.upgrade)
            try await socket.wait(for: "101 Switching")
            fixture.app.connections.last?.send("frame")
            try await socket.wait(for: "frame")
            socket.send("question")
            try await fixture.until { $0.served[.wireGuard]?.bytesToApp == 8 }
            #expect(await fixture.gateway.traffic().served[.wireGuard]?.bytesToVisitors == body + 5)
            fixture.app.connections.last?.close()
            socket.close()
            try await fixture.until { $0.paths.isEmpty }
            let ended = await fixture.gateway.traffic().served[.wireGuard]
            #expect(ended?.requests == 3 && ended?.bytesToVisitors == body + 5 && ended?.bytesToApp == 8)

            await fixture.publish(onFallback(fixture))
            try await fixture.expect("200", for: EdgeFixture.get("/"))
            let last = await fixture.gateway.traffic().served
            #expect(last[.rathole]?.requests == 1 && last[.wireGuard]?.requests == 3)
        }
    }

    @Test func `bytes of running streams are signs of life`() async throws {
        var limits = EdgeLimits()
        limits.sweepInterval = .milliseconds(20)
        try await EdgeFixture.run(
            limits: limits, script: { peer in if peer.text.hasSuffix("\r\n\r\n") { peer.send(Self.events) } },
            fallback: FailoverScript.silent
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/events"))
            try await visitor.wait(for: "one")
            // The sweep may still have to tell of the first bytes.
            try await Task.sleep(for: .milliseconds(150))
            let (seen, sender) = AsyncStream.makeStream(of: PassiveObservation.self)
            fixture.board.onObservation { sender.yield($0) }
            fixture.app.connections.first?.send("3\r\ntwo\r\n")
            var first = seen.makeAsyncIterator()
            #expect(await first.next() == .byteSeen(.wireGuard))
            visitor.close()
        }
    }
}
