import NIOCore
import TLS
import TestSupport
import Testing

/// Data on an open connection, and how it ends.
@Suite(.timeLimit(.minutes(1)))
struct TransferTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
    }

    private func server(_ manner: TLSServer.Manner) throws -> TLSServer {
        try TLSServer(manner, try certificates.issue())
    }

    private var trusted: TLSClientContext.Authorities { .file(path: certificates.authority) }

    private static func pattern(_ count: Int) -> [UInt8] {
        var state: UInt32 = 1
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
    }

    @Test func `data arrives when every byte of the connection comes alone`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted, cutsToBytes: true)
        let sent = Self.pattern(3000)
        try await client.channel.writeAndFlush(ByteBuffer(bytes: sent))
        #expect(await client.read(sent.count) == sent)
        try await client.channel.close()
    }

    @Test func `16 MiB go there and back`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted)
        let sent = Self.pattern(16 * 1024 * 1024)
        async let written: Void = client.channel.writeAndFlush(ByteBuffer(bytes: sent))
        let received = await client.read(sent.count)
        #expect(received == sent)
        try await written
        try await client.channel.close()
    }

    @Test func `without automatic reading each read yields data, and nothing comes unasked`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted, autoRead: false)
        let sent = Self.pattern(1024 * 1024)
        async let written: Void = client.channel.writeAndFlush(ByteBuffer(bytes: sent))
        var received: [UInt8] = []
        while received.count < sent.count {
            client.channel.read()
            guard case .bytes(let more)? = await client.nextEvent() else { break }
            received += more
        }
        #expect(received == sent)
        try await written
        try await client.channel.close()
    }

    @Test func `what is written before the handshake is sent after it`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted, firstWrite: "early")
        #expect(String(decoding: await client.read(5), as: UTF8.self) == "early")
        try await client.channel.close()
    }

    @Test func `what is written early never reaches a server that is refused`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(
            port: server.port, trusting: trusted, name: "mail.example.com", firstWrite: "secret")
        guard case .failed(.wrongName)? = await client.nextEvent() else {
            Issue.record("not refused")
            return
        }
        #expect(await client.nextEvent() == .inactive)
    }

    @Test func `many writes in one flush stay in order, empty ones included`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted)
        let parts = (0..<200).map { "\($0)," }
        let writes = parts.map { client.channel.write(ByteBuffer(string: $0)) as EventLoopFuture<Void> }
        let empty: EventLoopFuture<Void> = client.channel.write(ByteBuffer())
        client.channel.flush()
        for write in writes + [empty] { try await write.get() }
        let expected = parts.joined()
        #expect(String(decoding: await client.read(expected.utf8.count), as: UTF8.self) == expected)
        try await client.channel.close()
    }

    @Test func `closing says so to the server`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted)
        try await client.channel.writeAndFlush(ByteBuffer(string: "x"))
        _ = await client.read(1)
        try await client.channel.close()
        #expect(server.nextEnd() == "clean")
        await #expect(throws: (any Error).self) {
            try await client.channel.writeAndFlush(ByteBuffer(string: "late"))
        }
    }

    @Test func `closing the output only leaves the input open`() async throws {
        let server = try server(.echo)
        let client = try await TLSClient(port: server.port, trusting: trusted)
        let sent = Self.pattern(300_000)
        let write: EventLoopFuture<Void> = client.channel.writeAndFlush(ByteBuffer(bytes: sent))
        _ = await client.events.first { _ in true }
        try await client.channel.close(mode: .output)
        try await write.get()
        #expect(await client.read(sent.count) == sent)
        #expect(server.nextEnd() == "clean")
        try? await client.channel.close()
    }

    @Test func `a server that closes properly is no error`() async throws {
        let server = try server(.close)
        let client = try await TLSClient(port: server.port, trusting: trusted)
        #expect(await client.read(3) == Array("bye".utf8))
        #expect(await client.nextEvent() == .inactive)
    }

    @Test func `a connection that is cut off is an error after its data`() async throws {
        let server = try server(.truncate)
        let client = try await TLSClient(port: server.port, trusting: trusted)
        #expect(await client.read(3) == Array("bye".utf8))
        #expect(await client.nextEvent() == .failed(.truncated(server: "localhost")))
        #expect(await client.nextEvent() == .inactive)
    }
}
