import NIOCore
import Testing

@testable import Gateway

// A stop: upgraded streams end at once, transfers finish, the next answer says that it is the last.

@Suite(.serialized) struct EdgeDrainTests {
    private var limits: EdgeLimits {
        var limits = EdgeLimits()
        limits.silentDrain = .milliseconds(300)
        limits.sweepInterval = .milliseconds(20)
        return limits
    }

    @Test func `a transfer that runs is finished, and its connection ends`() async throws {
        try await EdgeFixture.run(
            limits: limits, drains: false,
            script: { peer in
                if peer.text.hasSuffix("\r\n\r\n") {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
                }
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait(for: "abc")
            async let drained: Void = fixture.gateway.drain(within: .seconds(10))
            let app = try await fixture.firstAppConnection()
            #expect(await visitor.reaches({ $0.hasInputEnded }, within: .milliseconds(500)) == false)
            app.send("def")
            try await visitor.wait { $0.text.hasSuffix("abcdef") }
            await drained
            try await visitor.wait { $0.hasInputEnded }
        }
    }

    @Test func `a live connection gets one more answer, which says that it is the last`() async throws {
        try await EdgeFixture.run(limits: limits, drains: false) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/1"))
            try await visitor.wait(for: "\r\n\r\nok")
            visitor.forget()
            async let drained: Void = fixture.gateway.drain(within: .seconds(10))
            visitor.send(EdgeFixture.get("/2"))
            try await visitor.wait { $0.text.hasSuffix("ok") && $0.hasInputEnded }
            // The request may have overtaken the stop; then the connection was closed as a silent one.
            visitor.close()
            await drained
        }
    }

    @Test func `silent connections are closed after their time`() async throws {
        try await EdgeFixture.run(limits: limits, drains: false) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/1"))
            try await visitor.wait(for: "\r\n\r\nok")
            await fixture.gateway.drain(within: .seconds(10))
            try await visitor.wait { $0.hasInputEnded }
            await #expect(throws: (any Error).self) { _ = try await fixture.visitor() }
        }
    }

    @Test func `upgraded streams end at once, without a made-up frame`() async throws {
        try await EdgeFixture.run(limits: limits, drains: false, script: ProxyUpgradeTests.echo) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(ProxyUpgradeTests.handshake())
            try await visitor.wait(for: "\r\n\r\n")
            visitor.forget()
            await fixture.gateway.drain(within: .seconds(10))
            try await visitor.wait { $0.hasInputEnded }
            #expect(visitor.text.isEmpty)
        }
    }

    /// Agrees to upgrades, begins an answer to `/slow`, and answers the rest.
    private static let slowOrUpgraded: RawApp.Script = { peer in
        let text = peer.text
        guard text.hasSuffix("\r\n\r\n") else { return }
        peer.forget()
        if text.hasPrefix("GET /ws") {
            peer.send(ProxyUpgradeTests.switching)
        } else if text.hasPrefix("GET /slow") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc")
        } else {
            peer.send(RawApp.ok)
        }
    }

    @Test func `what begins after the stop on a kept connection has a drain of its own`() async throws {
        var limits = limits
        limits.silentDrain = .seconds(5)
        try await EdgeFixture.run(
            limits: limits, drains: false, script: Self.slowOrUpgraded
        ) { fixture in
            let kept = try await fixture.visitor()
            kept.send(EdgeFixture.get("/1"))
            try await kept.wait(for: "\r\n\r\nok")
            kept.forget()
            let first = try await fixture.visitor()
            first.send(EdgeFixture.get("/slow"))
            try await first.wait(for: "abc")
            let upgraded = try await fixture.visitor()
            upgraded.send(ProxyUpgradeTests.handshake())
            try await upgraded.wait(for: "\r\n\r\n")
            async let drained: Void = fixture.gateway.drain(within: .seconds(1))
            // The stop has begun.
            try await upgraded.wait { $0.hasInputEnded }
            kept.send(EdgeFixture.get("/slow"))
            try await kept.wait(for: "abc")
            try await first.wait { $0.hasInputEnded }
            #expect(await kept.reaches({ $0.hasInputEnded }, within: .milliseconds(100)) == false)
            for connection in fixture.app.connections { connection.send("def") }
            try await kept.wait { $0.text.hasSuffix("abcdef") && $0.hasInputEnded }
            await drained
        }
    }

    @Test func `whoever comes while others finish is served`() async throws {
        try await EdgeFixture.run(
            limits: limits, drains: false, script: Self.slowOrUpgraded
        ) { fixture in
            let first = try await fixture.visitor()
            first.send(EdgeFixture.get("/slow"))
            try await first.wait(for: "abc")
            let slow = try await fixture.firstAppConnection()
            let upgraded = try await fixture.visitor()
            upgraded.send(ProxyUpgradeTests.handshake())
            try await upgraded.wait(for: "\r\n\r\n")
            async let drained: Void = fixture.gateway.drain(within: .seconds(30))
            // The stop has begun.
            try await upgraded.wait { $0.hasInputEnded }
            let second = try await fixture.visitor()
            second.send(EdgeFixture.get("/1"))
            try await second.wait { $0.text.hasSuffix("ok") && $0.hasInputEnded }
            slow.send("def")
            try await first.wait { $0.text.hasSuffix("abcdef") && $0.hasInputEnded }
            await drained
            await #expect(throws: (any Error).self) { _ = try await fixture.visitor() }
        }
    }

    @Test func `a stream that is upgraded during the stop holds nobody up`() async throws {
        try await EdgeFixture.run(limits: limits, drains: false, script: ProxyUpgradeTests.echo) { fixture in
            let visitor = try await fixture.visitor()
            async let drained: Void = fixture.gateway.drain(within: .seconds(60))
            visitor.send(ProxyUpgradeTests.handshake())
            let began = ContinuousClock.now
            await drained
            #expect(ContinuousClock.now - began < .seconds(30))
            try await visitor.wait { $0.hasInputEnded }
        }
    }

    @Test func `a transfer that does not end is cut at the limit`() async throws {
        try await EdgeFixture.run(
            limits: limits, drains: false, script: RawApp.answering("HTTP/1.1 200 OK\r\n\r\nendless")
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait(for: "endless")
            await fixture.gateway.drain(within: .milliseconds(100))
            try await visitor.wait { $0.hasInputEnded }
            #expect(!visitor.text.hasSuffix("0\r\n\r\n"))
        }
    }
}
