import NIOCore
import Testing

@testable import Gateway

// A slow side slows the other one down; nothing piles up between them.

@Suite(.serialized) struct ProxyBackPressureTests {
    private static let size = 64 * 1024 * 1024
    /// Kernel buffers on both hops, and what the gateway may hold of one direction.
    private static let mostInFlight = 32 * 1024 * 1024

    @Test func `an app waits for a visitor who does not read, and then everything arrives`() async throws {
        try await EdgeFixture.run(
            script: { peer in
                if peer.text.hasSuffix("\r\n\r\n") {
                    peer.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.size)\r\n\r\n")
                }
            }
        ) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(EdgeFixture.get("/"))
            try await visitor.wait(for: "\r\n\r\n")
            visitor.stopKeeping()
            try await visitor.setAutoRead(false)
            let headBytes = visitor.received
            let app = try await fixture.firstAppConnection()
            let taken = try await offer(app)
            #expect(taken < Self.mostInFlight)
            try await visitor.setAutoRead(true)
            let total = Self.size + headBytes
            while visitor.received < total { try await Task.sleep(for: .milliseconds(5)) }
            #expect(visitor.received == total)
            visitor.close()
        }
    }

    @Test func `a visitor waits for an app that does not read`() async throws {
        try await EdgeFixture.run(script: { _ in }) { fixture in
            let visitor = try await fixture.visitor()
            visitor.send(
                "POST / HTTP/1.1\r\n\(EdgeFixture.host)\(EdgeFixture.cookie)Content-Length: \(Self.size)\r\n\r\n"
            )
            let app = try await fixture.firstAppConnection()
            try await app.wait(for: "\r\n\r\n")
            app.stopKeeping()
            let headBytes = app.received
            try await app.setAutoRead(false)
            let taken = try await offer(visitor)
            #expect(taken < Self.mostInFlight)
            try await app.setAutoRead(true)
            while app.received < Self.size + headBytes { try await Task.sleep(for: .milliseconds(5)) }
            #expect(app.received == Self.size + headBytes)
            visitor.close()
        }
    }

    /// Offers the whole body at once; returns how much of it the kernel took before it took no more for a while.
    private func offer(_ peer: RawPeer) async throws -> Int {
        let piece = ByteBuffer(repeating: 0x61, count: 256 * 1024)
        for _ in 0..<Self.size / piece.readableBytes { peer.offer(piece) }
        var before = -1
        while peer.taken != before {
            before = peer.taken
            try await Task.sleep(for: .milliseconds(500))
        }
        return before
    }
}
