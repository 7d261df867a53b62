import NIOCore
import NIOPosix
import TLS

/// A connection through ``TLSClientHandler`` whose events a test reads one by one.
struct TLSClient {
    enum Event: Equatable, Sendable {
        case handshakeCompleted(TLSHandshakeCompleted)
        case failed(TLSError)
        case inactive
        case bytes([UInt8])
    }

    let channel: any Channel
    let events: AsyncStream<Event>

    /// Connects to 127.0.0.1.
    ///
    /// With `cutsToBytes` every byte of ciphertext arrives alone.
    init(
        port: Int, trusting authorities: TLSClientContext.Authorities, name: String = "localhost",
        cutsToBytes: Bool = false, autoRead: Bool = true, firstWrite: String? = nil
    ) async throws {
        let context = try TLSClientContext(authorities: authorities)
        let (events, continuation) = AsyncStream<Event>.makeStream()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: autoRead)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if cutsToBytes { try pipeline.addHandler(ByteCutter()) }
                    try pipeline.addHandler(TLSClientHandler(context: context, serverName: name))
                    try pipeline.addHandler(EventRecorder(continuation, firstWrite: firstWrite))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.events = events
    }

    /// The next event other than a completed handshake.
    func nextEvent() async -> Event? {
        await events.first { event in
            if case .handshakeCompleted = event { return false }
            return true
        }
    }

    /// The server's data up to `count` bytes or the first other event.
    func read(_ count: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, case .bytes(let more)? = await nextEvent() { bytes += more }
        return bytes
    }
}

private final class EventRecorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let events: AsyncStream<TLSClient.Event>.Continuation
    private let firstWrite: String?

    init(_ events: AsyncStream<TLSClient.Event>.Continuation, firstWrite: String?) {
        self.events = events
        self.firstWrite = firstWrite
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let firstWrite else { return }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: firstWrite)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        events.yield(.bytes(Array(unwrapInboundIn(data).readableBytesView)))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSHandshakeCompleted { events.yield(.handshakeCompleted(event)) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TLSError { events.yield(.failed(error)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        events.yield(.inactive)
        events.finish()
    }
}

/// Passes every byte on alone, in both directions.
private final class ByteCutter: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias InboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        while let byte = buffer.readSlice(length: 1) { context.fireChannelRead(wrapInboundOut(byte)) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var buffer = unwrapOutboundIn(data)
        while buffer.readableBytes > 1, let byte = buffer.readSlice(length: 1) {
            context.writeAndFlush(wrapOutboundOut(byte), promise: nil)
        }
        context.write(wrapOutboundOut(buffer), promise: promise)
    }
}
