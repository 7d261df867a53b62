internal import GateModel
internal import NIOCore
internal import NIOPosix

/// One end of a relayed connection.
///
/// Both ends live on one event loop and know each other.
///
/// A half reads only while its partner can write, passes an end of input on as a half-close, and while the
/// path is cut does nothing at all: what still arrives is held, also the news that the peer has gone.
final class RelayHalf: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum End {
        case input, connection
    }

    private let relays: RelaySet
    /// Where the front half connects to; nil for the back half, which is connected already.
    private var app: Endpoint?
    private var partner: RelayHalf?
    private var context: ChannelHandlerContext?
    private var isCut = false
    private var held: [ByteBuffer] = []
    private var heldEnd: End?
    /// Once this side's output is closed: done when the last byte before has gone out.
    private var lastByteSent: EventLoopFuture<Void>?

    init(relays: RelaySet, opensTo app: Endpoint) {
        self.relays = relays
        self.app = app
    }

    private init(relays: RelaySet, partner: RelayHalf) {
        self.relays = relays
        self.partner = partner
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        isCut = relays.add(context.channel)
        proceed(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if isCut || partner == nil {
            held.append(bytes)
        } else {
            partner?.write(bytes)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard !isCut else { return }
        partner?.context?.flush()
        readIfPartnerCanWrite(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard !isCut, context.channel.isWritable, let partner, let other = partner.context else { return }
        partner.readIfPartnerCanWrite(other)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let change = event as? PathChanged {
            isCut = change.isCut
            if !isCut { proceed(context) }
        } else if event as? ChannelEvent == .inputClosed {
            end(.input)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        relays.remove(context.channel)
        end(.connection)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Connects if that is still to be done, hands on what was held, and goes on reading.
    private func proceed(_ context: ChannelHandlerContext) {
        guard !isCut else { return }
        guard let partner else {
            connect(context)
            return
        }
        for bytes in held { partner.write(bytes) }
        held = []
        partner.context?.flush()
        if let heldEnd { end(heldEnd) }
        readIfPartnerCanWrite(context)
    }

    private func connect(_ context: ChannelHandlerContext) {
        guard let app else { return }
        self.app = nil
        let back = RelayHalf(relays: relays, partner: self)
        let loop = context.eventLoop.assumeIsolated()
        let bound = NIOLoopBound(back, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
            .connect(host: app.host, port: app.port)
            .hop(to: loop.nonisolated())
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success:
                    self.partner = back
                    // Whoever came and went meanwhile is told now.
                    if let context = self.context {
                        self.proceed(context)
                    } else {
                        back.closeOutput(.connection)
                    }
                case .failure:
                    context.close(promise: nil)
                }
            }
    }

    private func end(_ end: End) {
        guard !isCut, let partner else {
            heldEnd = heldEnd == .connection ? .connection : end
            return
        }
        heldEnd = nil
        partner.closeOutput(end)
        if end == .connection { self.partner = nil }
    }

    private func write(_ bytes: ByteBuffer) {
        context?.write(wrapOutboundOut(bytes), promise: nil)
    }

    private func closeOutput(_ end: End) {
        guard let context else { return }
        switch end {
        case .input:
            let sent = context.eventLoop.makePromise(of: Void.self)
            lastByteSent = sent.futureResult
            context.close(mode: .output, promise: sent)
        case .connection:
            // Closing drops what still waits to be written: that goes out first.
            let channel = context.channel
            let sent = lastByteSent ?? context.writeAndFlush(wrapOutboundOut(ByteBuffer()))
            sent.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private func readIfPartnerCanWrite(_ context: ChannelHandlerContext) {
        guard !isCut, let other = partner?.context, other.channel.isWritable else { return }
        context.read()
    }
}

@available(*, unavailable)
extension RelayHalf: Sendable {}
