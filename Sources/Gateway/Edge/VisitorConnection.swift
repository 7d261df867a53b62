import GateModel
import Identity
import NIOCore

// One visitor's connection: reads requests, has them answered by us or by the app, one after the other. This
// file holds its state and the channel's events; the extensions beside it hold what a request goes through.

final class VisitorConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, or inside a head.
        case head
        /// A connection to the app is being made.
        case dialing
        /// The request goes to the app, the answer comes back.
        case relaying
        /// The body of a request for one of our pages comes in.
        case collecting
        /// One of our pages is being made.
        case answering
        /// Bytes go both ways unread.
        case upgraded
        /// The last answer is out; what still comes in is thrown away.
        case lingering
        case closed
    }

    let shared: LoopContext
    /// Nil on a Unix socket.
    let peer: IPAddress?
    var context: ChannelHandlerContext?
    var phase = Phase.head
    /// Received and not yet used.
    var pending: ByteBuffer?
    var scanner = HeadScanner()
    var exchange: Exchange?
    var upstream: UpstreamConnection?
    /// Who uses an upgraded stream.
    var upgraded: UpgradedStream?
    var isReadWithheld = false
    var hasInputEnded = false
    var hasOutputEnded = false
    var isAdvancing = false
    var needsFlush = false
    /// Since when the present wait lasts: for a head, a body's next byte, the end of a linger.
    var waitingSince: NIODeadline
    var stall = WriteStall()
    var knownAddress: KnownAddress?
    /// Whether a request was answered on this connection.
    var hasServed = false
    /// Whether it was there when a stop began, and has begun nothing since.
    var isFromBeforeStop = false
    private var hasGone = false
    private let release: () -> Void

    /// The visitor's address, and what it was concluded from.
    struct KnownAddress {
        let forwarded: String?
        let state: EdgeState
        let text: String
    }

    /// Makes the handler of one accepted connection; `release` is called once, when it is over.
    init(shared: LoopContext, peer: IPAddress?, release: @escaping () -> Void) {
        self.shared = shared
        self.peer = peer
        self.waitingSince = .now()
        self.release = release
    }

    /// Whether more may be written.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        shared.add(self)
        shared.counters.visitorCame()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        gone()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        gone()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(mode: .all, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event as? ChannelEvent {
        case .inputClosed: inputEnded()
        // The last answer is out; from here the visitor's side has `linger` to end.
        case .outputClosed:
            hasOutputEnded = true
            waitingSince = .now()
        default: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { upstream?.resumeReading() }
    }

    /// NIO asks to read after each read; withheld while nobody can take what would come.
    func read(context: ChannelHandlerContext) {
        if wantsInput {
            context.read()
        } else {
            isReadWithheld = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        receive(unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        upstream?.flush()
        flush()
    }

    /// The app can take more, or a phase has ended.
    func resumeReading() {
        guard isReadWithheld, wantsInput else { return }
        isReadWithheld = false
        context?.read()
    }

    private var wantsInput: Bool {
        switch phase {
        case .head, .collecting, .lingering, .closed: true
        case .upgraded: upstream?.isWritable ?? true
        case .relaying:
            exchange.map { !$0.requestBody.isFinished } ?? false
                ? (upstream?.isWritable ?? false) : (pending?.readableBytes ?? 0) == 0
        // Reading on finds out early that the visitor has gone, but only until something came.
        case .dialing, .answering: (pending?.readableBytes ?? 0) == 0
        }
    }

    private func receive(_ bytes: ByteBuffer) {
        switch phase {
        case .upgraded:
            upgraded?.count(toApp: bytes.readableBytes)
            upstream?.write(bytes)
        case .lingering, .closed:
            break
        case .head, .collecting:
            if phase == .collecting || (pending?.readableBytes ?? 0) == 0 { waitingSince = .now() }
            append(bytes)
            advance()
        case .relaying:
            append(bytes)
            waitingSince = .now()
            relayRequestBody()
        case .dialing, .answering:
            append(bytes)
        }
    }

    private func append(_ bytes: ByteBuffer) {
        if var waiting = pending.take(), waiting.readableBytes > 0 {
            waiting.writeImmutableBuffer(bytes)
            pending = waiting
        } else {
            pending = bytes
        }
    }

    // MARK: Writing

    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        context.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
    }

    func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
    }

    // MARK: The end

    private func inputEnded() {
        hasInputEnded = true
        switch phase {
        case .upgraded: upstream?.endOutput()
        case .head, .collecting, .lingering: closeWhenWritten()
        case .relaying, .dialing, .answering:
            // Half of an upload is no upload: the app must not take it for a whole one.
            if exchange.map({ !$0.requestBody.isFinished }) ?? true { abort() }
            waitingSince = .now()
        case .closed: break
        }
    }

    /// Ends the connection now; whatever is unfinished on either side is seen to be unfinished.
    func abort() {
        context?.close(mode: .all, promise: nil)
    }

    /// Ends the connection behind the last byte written.
    func closeWhenWritten() {
        guard let context, phase != .closed else { return }
        phase = .closed
        needsFlush = false
        let channel = context.channel
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(mode: .all, promise: nil) }
    }

    /// The channel is closed: once, whoever closed it.
    private func gone() {
        guard !hasGone else { return }
        hasGone = true
        phase = .closed
        logUnfinished()
        exchange.take()?.rival?.close()
        upstream.take()?.close()
        if let upgraded = upgraded.take() { shared.ended(upgraded) }
        pending = nil
        shared.remove(self)
        shared.counters.visitorLeft()
        release()
    }
}

@available(*, unavailable)
extension VisitorConnection: Sendable {}
