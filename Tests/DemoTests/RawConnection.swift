import NIOCore
import NIOPosix

/// A TCP connection on which a test writes and reads raw bytes.
final class RawConnection {
    private let channel: any Channel
    private var incoming: AsyncStream<ByteBuffer>.Iterator
    /// What has arrived and was not taken.
    private(set) var received = ByteBuffer()
    private(set) var isAtEnd = false

    private init(channel: any Channel, incoming: AsyncStream<ByteBuffer>) {
        self.channel = channel
        self.incoming = incoming.makeAsyncIterator()
    }

    static func open(port: Int) async throws -> RawConnection {
        let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Collector(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, incoming: stream)
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    func send(_ bytes: ByteBuffer) async throws {
        try await channel.writeAndFlush(bytes)
    }

    /// Ends our direction and goes on reading.
    func endSending() async throws {
        try await channel.close(mode: .output)
    }

    func close() async {
        try? await channel.close()
    }

    /// Waits for the next bytes; false at the end of the stream.
    func more() async -> Bool {
        guard var next = await incoming.next() else {
            isAtEnd = true
            return false
        }
        received.writeBuffer(&next)
        return true
    }

    /// Waits until the received text contains `text` and takes everything to its end.
    func text(through text: String) async -> String {
        while true {
            let all = String(buffer: received)
            if let range = all.firstRange(of: text) {
                let taken = String(all[..<range.upperBound])
                received.moveReaderIndex(forwardBy: taken.utf8.count)
                return taken
            }
            guard await more() else { return all }
        }
    }

    /// Waits for `count` bytes and takes them; fewer at the end of the stream.
    func bytes(_ count: Int) async -> [UInt8] {
        while received.readableBytes < count, await more() {}
        return received.readBytes(length: min(count, received.readableBytes)) ?? []
    }

    /// Waits for the end of the stream and takes all text.
    func rest() async -> String {
        while await more() {}
        defer { received.clear() }
        return String(buffer: received)
    }
}

private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let continuation: AsyncStream<ByteBuffer>.Continuation

    init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
        self.continuation = continuation
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        continuation.yield(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { continuation.finish() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        continuation.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        continuation.finish()
    }
}
