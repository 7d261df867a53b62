import NIOCore
import Synchronization
import Testing
import UpstreamSelection

@testable import Gateway

// Connections that break before the answer, on real sockets: what is sent once more, and what never is.

@Suite(.serialized) struct FailoverReplayTests {
    private static let post = FailoverConnectTests.post

    /// What the fixture begins with, changed.
    private func selection(
        of fixture: EdgeFixture, onFallback: Bool = false, dead: Set<UpstreamPath.Name> = [],
        doubtful: Set<UpstreamPath.Name> = []
    ) -> Selection {
        let wireGuard = UpstreamPath.loopback(.wireGuard, port: fixture.app.port)
        let rathole = UpstreamPath.loopback(.rathole, port: fixture.fallback?.port ?? 0)
        return Selection(
            current: onFallback ? rathole : wireGuard, alternative: onFallback ? wireGuard : rathole,
            dead: dead, doubtful: doubtful)
    }

    @Test func `a port that accepts and hangs up costs a GET nothing, and speaks against the path`()
        async throws
    {
        let seen = Mutex<[PassiveObservation]>([])
        try await EdgeFixture.run(fallback: FailoverScript.hangsUp) { fixture in
            await fixture.publish(selection(of: fixture, onFallback: true))
            fixture.board.onObservation { observation in seen.withLock { $0.append(observation) } }
            for method in ["GET", "HEAD", "OPTIONS"] {
                let request = "\(method) / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)\r\n"
                try await fixture.expect("200", for: request)
            }
            #expect(fixture.fallback?.requestCount == 3)
            #expect(fixture.app.requestCount == 3)
            #expect(await fixture.gateway.traffic().switching.replays == 3)
        }
        #expect(seen.withLock { $0 }.contains(.connectFailed(.rathole)))
    }

    /// Requests that are sent once: by their method, or for their body.
    private static let once = [
        post, "POST / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: 0\r\n\r\n",
        "DELETE / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)\r\n",
        post.replacing("POST", with: "GET"),
    ]

    @Test(arguments: once) func `what may not be repeated is sent once, whatever becomes of it`(
        _ request: String
    )
        async throws
    {
        try await EdgeFixture.run(
            script: FailoverScript.answersWholeRequests, fallback: FailoverScript.hangsUp
        ) { fixture in
            await fixture.publish(selection(of: fixture, onFallback: true))
            try await fixture.expect("502", for: request)
            #expect(fixture.fallback?.requestCount == 1)
            #expect(fixture.app.requestCount == 0)
        }
    }

    @Test func `an app that hangs up on a fresh connection is asked once where there is no other path`()
        async throws
    {
        try await EdgeFixture.run(script: FailoverScript.hangsUp) { fixture in
            try await fixture.expect("502", for: EdgeFixture.get("/"))
            #expect(fixture.app.requestCount == 1)
        }
    }

    @Test func `what was lost twice is not sent a third time`() async throws {
        try await EdgeFixture.run(script: FailoverScript.hangsUp, fallback: FailoverScript.hangsUp) {
            fixture in
            try await fixture.expect("502", for: EdgeFixture.get("/"))
            #expect(fixture.app.requestCount == 1)
            #expect(fixture.fallback?.requestCount == 1)
        }
    }

    @Test(arguments: [true, false])
    func `a kept connection that turns out dead is replaced, on its own path only if need be`(hasOther: Bool)
        async throws
    {
        let script: RawApp.Script = { peer in
            if peer.text.contains("/second") && peer.text.contains("/first") {
                peer.close()
            } else {
                RawApp.answering(RawApp.ok)(peer)
            }
        }
        try await EdgeFixture.run(
            script: script, fallback: hasOther ? FailoverScript.answersWholeRequests : nil
        ) { fixture in
            try await fixture.expect("200", for: EdgeFixture.get("/first"))
            try await fixture.expect("200", for: EdgeFixture.get("/second"))
            #expect(fixture.app.requestCount == (hasOther ? 2 : 3))
            #expect(fixture.fallback?.requestCount ?? 0 == (hasOther ? 1 : 0))
        }
    }

    @Test func `an answer that has begun is not begun again`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                peer.send("HTTP/1.1 2")
                peer.close()
            }, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            try await fixture.expect("502", for: EdgeFixture.get("/"))
            #expect(fixture.fallback?.requestCount == 0)
        }
    }

    // MARK: A first byte that is late

    @Test func `a late first byte on a doubtful path is hedged, and the first byte wins`() async throws {
        let seen = Mutex<[PassiveObservation]>([])
        try await EdgeFixture.run(
            script: FailoverScript.silent, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await fixture.until { $0.paths[.wireGuard]?.requests == 1 }
            fixture.board.onObservation { observation in seen.withLock { $0.append(observation) } }
            await fixture.publish(selection(of: fixture, doubtful: [.wireGuard]))
            try await visitor.wait(for: "\r\n\r\nok")
            // The one that was too slow is told to stop.
            try await fixture.app.connections.first?.wait { $0.hasInputEnded }
            #expect(fixture.fallback?.requestCount == 1)
            visitor.close()
        }
        #expect(seen.withLock { $0 } == [.firstByteLate(.wireGuard), .byteSeen(.rathole)])
    }

    @Test func `the first connection may still win`() async throws {
        try await EdgeFixture.run(script: FailoverScript.silent, fallback: FailoverScript.silent) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await fixture.until { $0.paths[.wireGuard]?.requests == 1 }
            await fixture.publish(selection(of: fixture, doubtful: [.wireGuard]))
            try await fixture.until { _ in fixture.fallback?.requestCount == 1 }
            fixture.app.connections.first?.send(RawApp.ok)
            try await visitor.wait(for: "\r\n\r\nok")
            try await fixture.fallback?.connections.first?.wait { $0.hasInputEnded }
            #expect(await fixture.gateway.traffic().switching.replays == 1)
            visitor.close()
        }
    }

    @Test func `a lost rival leaves the first connection its time, and the other way round`() async throws {
        try await EdgeFixture.run(script: FailoverScript.silent, fallback: FailoverScript.silent) { fixture in
            for isFirstLost in [true, false] {
                await fixture.publish(selection(of: fixture))
                let visitor = try await fixture.visitor()
                visitor.send(EdgeFixture.get("/\(isFirstLost)"))
                try await fixture.until { $0.paths[.wireGuard]?.requests == 1 }
                await fixture.publish(selection(of: fixture, doubtful: [.wireGuard]))
                try await fixture.until { _ in fixture.fallback?.text.contains("/\(isFirstLost)") ?? false }
                let pair = [fixture.app.connections.last, fixture.fallback?.connections.last]
                (isFirstLost ? pair.first : pair.last)??.close()
                (isFirstLost ? pair.last : pair.first)??.send(RawApp.ok)
                try await visitor.wait(for: "\r\n\r\nok")
                visitor.close()
            }
        }
    }

    /// On a sound path everything may take its time, and what is not repeatable everywhere.
    private static let patient = [
        (EdgeFixture.get("/"), Set<UpstreamPath.Name>()), (post, Set<UpstreamPath.Name>([.wireGuard])),
    ]

    @Test(arguments: patient) func `an app may think`(request: String, doubtful: Set<UpstreamPath.Name>)
        async throws
    {
        try await EdgeFixture.run(script: FailoverScript.silent, fallback: FailoverScript.silent) { fixture in
            await fixture.publish(selection(of: fixture, doubtful: doubtful))
            let visitor = try await fixture.visitor()
            visitor.send(request)
            try await fixture.until { $0.paths[.wireGuard]?.requests == 1 }
            #expect(await visitor.reaches({ !$0.bytes.isEmpty }, within: .milliseconds(900)) == false)
            fixture.app.connections.first?.send(RawApp.ok)
            try await visitor.wait(for: "\r\n\r\nok")
            #expect(fixture.app.requestCount == 1)
            #expect(fixture.fallback?.requestCount == 0)
            visitor.close()
        }
    }

    @Test(arguments: [EdgeFixture.get("/g"), post])
    func `a dead port that accepts and says nothing is given up on in under a second`(request: String)
        async throws
    {
        try await EdgeFixture.run(fallback: FailoverScript.silent) { fixture in
            await fixture.publish(
                Selection(current: .loopback(.rathole, port: fixture.fallback?.port ?? 0), dead: [.rathole]))
            let clock = ContinuousClock()
            let took = try await clock.measure { try await fixture.expect("503", for: request) }
            #expect(took < .seconds(1))
            #expect(fixture.fallback?.requestCount == 1)
        }
    }

    @Test func `nor is it forgotten beside a living one`() async throws {
        try await EdgeFixture.run(
            script: FailoverScript.silent, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            // The living path refuses, so the dead one is tried, and accepts.
            await fixture.publish(
                Selection(
                    current: .loopback(.rathole, port: 1),
                    alternative: .loopback(.wireGuard, port: fixture.app.port), dead: [.wireGuard]))
            try await fixture.expect("503", for: Self.post)
            #expect(fixture.app.requestCount == 1)
        }
    }

    // MARK: Connections that lay idle

    @Test func `in doubt nothing is sent on a connection that lay idle`() async throws {
        try await EdgeFixture.run(
            script: FailoverScript.answersWholeRequests, fallback: FailoverScript.answersWholeRequests
        ) { fixture in
            try await fixture.expect("200", for: Self.post)
            try await fixture.expect("200", for: Self.post)
            #expect(fixture.app.connections.count == 1)
            await fixture.publish(selection(of: fixture, doubtful: [.wireGuard]))
            try await fixture.expect("200", for: Self.post)
            #expect(fixture.app.connections.count == 2)
        }
    }
}
