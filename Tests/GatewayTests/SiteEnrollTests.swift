import GateModel
import Identity
import NIOCore
import NIOHTTP1
import NIOPosix
import TestSupport
import Testing

@testable import Gateway

// The relay to the enrolment unit: exact route, size, limit, and what each end of the unit's looks like outside.

/// A unit that answers what it was sent, backwards, or ends its connections without a word.
private struct PlayedUnit {
    enum Manner: Sendable { case reversed, nobody, silent, closing, endless }

    let directory: TemporaryDirectory
    let channel: any Channel

    var path: String { directory.path + "/enroll.sock" }

    init(_ manner: Manner) async throws {
        directory = TemporaryDirectory()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(manner: manner))
                }
            }
            .bind(unixDomainSocketPath: directory.path + "/enroll.sock").get()
    }

    private final class Answering: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let manner: Manner
        private var received: [UInt8] = []

        init(manner: Manner) { self.manner = manner }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            guard received.count >= 2, received.count == 2 + (Int(received[0]) << 8 | Int(received[1])) else {
                return
            }
            switch manner {
            case .reversed: answer(context, received.dropFirst(2).reversed())
            case .nobody: answer(context, [])
            case .closing: context.close(promise: nil)
            case .endless: answer(context, [UInt8](repeating: 1, count: 5000))
            case .silent: break
            }
        }

        private func answer(_ context: ChannelHandlerContext, _ bytes: [UInt8]) {
            var buffer = ByteBuffer(integer: UInt16(bytes.count))
            buffer.writeBytes(bytes)
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        }
    }
}

struct SiteEnrollTests {
    private func answer(
        _ relay: EnrollRelay?, body: String = "sealed", limit: Limit? = nil, headers: HTTPHeaders = [:]
    ) async throws -> LocalResponse {
        var fixture = SiteFixture()
        fixture.enrollRelay = relay
        fixture.limit = limit
        return try await fixture.respond(.POST, "/.runegate/enroll", headers: headers, body: body)
    }

    @Test func `octets go to the unit and come back as they are`() async throws {
        let unit = try await PlayedUnit(.reversed)
        let response = try await answer(EnrollRelay(path: unit.path), body: "abc")
        #expect(response.status == .ok)
        #expect(response.text == "cba")
        #expect(response.headers["content-type"] == ["application/octet-stream"])
        try await unit.channel.close()
    }

    @Test func `a foreign origin does not matter, since the aibox sends none that counts`() async throws {
        let unit = try await PlayedUnit(.reversed)
        let response = try await answer(
            EnrollRelay(path: unit.path), headers: ["Origin": "https://other.example"])
        #expect(response.status == .ok)
        try await unit.channel.close()
    }

    @Test func `nobody expected, no unit, and no relay are the same 404`() async throws {
        let unit = try await PlayedUnit(.nobody)
        #expect(try await answer(EnrollRelay(path: unit.path)).status == .notFound)
        try await unit.channel.close()
        #expect(try await answer(EnrollRelay(path: unit.path)).status == .notFound)
        #expect(try await answer(nil).status == .notFound)
    }

    @Test func `a unit that stays silent, breaks off or says too much is 502`() async throws {
        let closing = try await PlayedUnit(.closing)
        #expect(try await answer(EnrollRelay(path: closing.path)).status == .badGateway)
        try await closing.channel.close()
        let silent = try await PlayedUnit(.silent)
        let relay = EnrollRelay(path: silent.path, deadline: .milliseconds(50))
        #expect(try await answer(relay).status == .badGateway)
        try await silent.channel.close()
        let endless = try await PlayedUnit(.endless)
        #expect(try await answer(EnrollRelay(path: endless.path)).status == .badGateway)
        try await endless.channel.close()
    }

    @Test func `4 KiB are relayed, a byte more is not`() async throws {
        let unit = try await PlayedUnit(.reversed)
        let relay = EnrollRelay(path: unit.path)
        let full = String(repeating: "x", count: 4096)
        #expect(try await answer(relay, body: full).text == full)
        #expect(try await answer(relay, body: full + "x").status == .payloadTooLarge)
        try await unit.channel.close()
    }

    @Test func `the limit of tries counts before anything else`() async throws {
        let unit = try await PlayedUnit(.reversed)
        let response = try await answer(
            EnrollRelay(path: unit.path), limit: Limit(kind: .ip, resetSeconds: 9))
        #expect(response.status == .tooManyRequests)
        #expect(response.headers["retry-after"] == ["9"])
        try await unit.channel.close()
    }

    @Test(arguments: [
        "/.runegate/enroll/", "/.runegate/enroll/x", "/.runegate/enrol", "/.runegate/Enroll",
    ])
    func `only the exact route is there`(path: String) async throws {
        #expect(try await SiteFixture().respond(.POST, path).status == .notFound)
    }

    @Test func `other methods are refused`() async throws {
        let response = try await SiteFixture().respond(.GET, "/.runegate/enroll")
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers["allow"] == ["POST"])
    }
}
