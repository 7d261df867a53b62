import GateModel
import NIOCore
import Synchronization
import Testing
import UpstreamSelection

@testable import Gateway

// Connects that hesitate or fail, on real sockets: the other path carries the request, once.

@Suite(.serialized) struct FailoverConnectTests {
    static let post =
        "POST /p HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: 2\r\n\r\nhi"

    /// Runs with the first path leading to `port` and the second to the fallback.
    private func run(
        to port: Int, interface: String? = nil, alone: Bool = false, dead: Set<UpstreamPath.Name> = [],
        _ body: (EdgeFixture) async throws -> Void
    ) async throws {
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            await fixture.publish(
                Selection(
                    current: .loopback(.wireGuard, port: port, interface: interface),
                    alternative: alone ? nil : fixture.board.reader.current.alternative, dead: dead))
            try await body(fixture)
        }
    }

    @Test(arguments: [EdgeFixture.get("/g"), post])
    func `a connect without an answer is raced, whatever the method`(request: String) async throws {
        let silent = try SilentPort()
        try await run(to: silent.port) { fixture in
            try await fixture.expect("200", for: request)
            #expect(fixture.fallback?.requestCount == 1)
            let traffic = await fixture.gateway.traffic()
            #expect(traffic.switching.racesWonByOther == 1)
            #expect(traffic.switching.replays == 0)
        }
    }

    @Test func `a missing interface fails at once, is reported, and the other path serves`() async throws {
        let seen = Mutex<[PassiveObservation]>([])
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            fixture.board.onObservation { observation in seen.withLock { $0.append(observation) } }
            await fixture.publish(
                Selection(
                    current: .loopback(.wireGuard, port: fixture.app.port, interface: "rg-missing0"),
                    alternative: fixture.board.reader.current.alternative, raceAfter: .seconds(60)))
            try await fixture.expect("200", for: Self.post)
            #expect(fixture.app.requestCount == 0)
            #expect(fixture.fallback?.requestCount == 1)
        }
        #expect(
            seen.withLock { $0 } == [
                .requestBegan(.wireGuard), .connectFailed(.wireGuard), .byteSeen(.rathole),
            ])
    }

    @Test func `a refusal is raced, and is no failure of the path`() async throws {
        let seen = Mutex<[PassiveObservation]>([])
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            fixture.board.onObservation { observation in seen.withLock { $0.append(observation) } }
            await fixture.app.stop()
            try await fixture.expect("200", for: Self.post)
        }
        #expect(seen.withLock { $0 } == [.requestBegan(.wireGuard), .byteSeen(.rathole)])
    }

    @Test func `when both fail the visitor is told what says more`() async throws {
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            await fixture.app.stop()
            await fixture.fallback?.stop()
            // Refused by the app's machine; Rathole's refusal says nothing about the app.
            try await fixture.expect("502", for: EdgeFixture.get("/"))
            await fixture.publish(
                Selection(
                    current: .loopback(.wireGuard, port: 1, interface: "rg-missing0"),
                    alternative: fixture.board.reader.current.alternative))
            try await fixture.expect("503", for: EdgeFixture.get("/"))
        }
    }

    @Test func `a dead path is not tried first`() async throws {
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            var selection = fixture.board.reader.current
            selection.dead = [.wireGuard]
            await fixture.publish(selection)
            try await fixture.expect("200", for: EdgeFixture.get("/"))
            #expect(fixture.app.connections.isEmpty)
            #expect(fixture.fallback?.requestCount == 1)
        }
    }

    @Test func `with every path dead the page comes in under a second`() async throws {
        let silent = try SilentPort()
        try await run(to: silent.port, alone: true, dead: [.wireGuard]) { fixture in
            let clock = ContinuousClock()
            let took = try await clock.measure { try await fixture.expect("503", for: EdgeFixture.get("/")) }
            #expect(took < .seconds(1))
        }
    }

    @Test func `a connect under way moves when its path dies`() async throws {
        let silent = try SilentPort()
        try await run(to: silent.port, alone: true) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(Self.post)
            try await fixture.until { $0.paths[.wireGuard]?.requests == 1 }
            await fixture.publish(
                Selection(
                    current: .loopback(.rathole, port: fixture.fallback?.port ?? 0), dead: [.wireGuard]))
            try await visitor.wait(for: "200 OK")
            #expect(fixture.fallback?.requestCount == 1)
            visitor.close()
        }
    }

    @Test func `the loser of a race is kept for the next request`() async throws {
        try await EdgeFixture.run(fallback: FailoverScript.answersWholeRequests) { fixture in
            var selection = fixture.board.reader.current
            // So short that the other path is tried as well.
            selection.raceAfter = .zero
            await fixture.publish(selection)
            for _ in 0..<5 { try await fixture.expect("200", for: EdgeFixture.get("/")) }
            let connections = fixture.app.connections.count + (fixture.fallback?.connections.count ?? 0)
            #expect(connections <= 2)
        }
    }
}

/// What apps do in these tests.
enum FailoverScript {
    /// Answers GET and the POST of these tests when they are whole.
    static let answersWholeRequests: RawApp.Script = { peer in
        guard peer.text.hasSuffix("\r\n\r\n") || peer.text.hasSuffix("\r\n\r\nhi") else { return }
        guard !(peer.text.hasSuffix("Content-Length: 2\r\n\r\n")) else { return }
        peer.send(RawApp.ok)
    }

    /// Takes requests and says nothing.
    static let silent: RawApp.Script = { _ in }

    /// Accepts, takes a request and hangs up.
    static let hangsUp: RawApp.Script = { $0.close() }
}
