import GateModel
import NIOCore
import TLS
import UpstreamSelection

// One connection to the app: kept, carrying one request, or carrying an upgraded stream. This file holds its state
// and the channel's events; the extension beside it reads the answer.

final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// TCP or TLS is not ready yet.
        case connecting
        case kept
        case head
        case body
        /// The answer is complete; the visitor decides what becomes of the connection.
        case answered
        case upgraded
        case closed
    }

    let path: UpstreamPath
    /// Whether it lay idle before this request: then it may have been dead before it was used.
    private(set) var wasKept = false
    /// Whether a byte of the present answer has arrived.
    var hasAnswered = false

    let shared: LoopContext
    private var ready: EventLoopPromise<Void>?
    private var context: ChannelHandlerContext?
    var visitor: VisitorConnection?
    var exchange: Exchange?
    var phase = Phase.connecting
    var pending: ByteBuffer?
    var scanner = HeadScanner()
    var body = BodyReader(.none, allowsExtensions: true)
    var interimHeads = 0
    var isReusable = false
    private var isReadWithheld = false
    private var needsFlush = false
    private var hasInputEnded = false
    /// Whether bytes of a running answer or stream came since it was last asked.
    private var hasHeard = false

    init(path: UpstreamPath, shared: LoopContext, ready: EventLoopPromise<Void>) {
        self.path = path
        self.shared = shared
        self.ready = ready
    }

    /// Whether more may be written.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    // MARK: What the visitor's side asks

    /// Takes on a request; its head follows through ``write(_:)``.
    func begin(_ exchange: Exchange, for visitor: VisitorConnection, isKept: Bool) {
        wasKept = isKept
        self.visitor = visitor
        self.exchange = exchange
        phase = .head
        hasAnswered = false
        interimHeads = 0
        scanner = HeadScanner()
    }

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

    /// The visitor can take more.
    func resumeReading() {
        guard isReadWithheld else { return }
        isReadWithheld = false
        context?.read()
    }

    /// The exchange is over: the connection is kept if it can be.
    func release(isRequestSent: Bool) {
        visitor = nil
        exchange = nil
        guard phase == .answered, isReusable, isRequestSent, !hasInputEnded,
            (pending?.readableBytes ?? 0) == 0
        else {
            close()
            return
        }
        pending = nil
        phase = .kept
        shared.pool.give(self, now: .now())
        resumeReading()
    }

    /// The visitor sends no more on an upgraded stream.
    func endOutput() {
        flush()
        context?.close(mode: .output, promise: nil)
    }

    /// Ends the connection; the app sees that an unfinished request is not whole.
    func close() {
        visitor = nil
        exchange = nil
        guard phase != .closed else { return }
        phase = .closed
        context?.close(mode: .all, promise: nil)
    }

    /// Nothing more comes or goes here.
    func pathDied() {
        ended(.pathDied)
    }

    /// Whether bytes of a running answer or stream came since the last call.
    func takeHasHeard() -> Bool {
        defer { hasHeard = false }
        return hasHeard
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive, path.endpoint.scheme == .http { becomeReady() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        // A connect that failed ends here too; its own error says more than we know.
        if phase != .connecting { ended(.lost) }
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        if path.endpoint.scheme == .http { becomeReady() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        ended(.lost)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = UpstreamFailure(connecting: error)
        ready?.fail(failure)
        ready = nil
        ended(phase == .connecting ? failure : .lost)
        context.close(mode: .all, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSHandshakeCompleted {
            becomeReady()
        } else if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            inputEnded()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { visitor?.resumeReading() }
    }

    func read(context: ChannelHandlerContext) {
        let isWanted =
            switch phase {
            case .connecting, .kept, .head, .closed: true
            case .body, .upgraded: visitor?.isWritable ?? true
            // What comes now belongs to no request: it is looked at when the connection is kept.
            case .answered: (pending?.readableBytes ?? 0) == 0
            }
        if isWanted {
            context.read()
        } else {
            isReadWithheld = true
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        switch phase {
        case .upgraded:
            hasHeard = true
            visitor?.relay(bytes)
        case .head:
            append(bytes)
            readHead()
        case .body:
            hasHeard = true
            append(bytes)
            readBody()
        case .answered:
            append(bytes)
        // An answer that nobody asked for: whatever it is, it must not become another request's.
        case .kept:
            shared.pool.forget(self)
            close()
        case .connecting, .closed:
            break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        visitor?.flush()
    }

    private func becomeReady() {
        guard phase == .connecting else { return }
        phase = .kept
        ready?.succeed()
        ready = nil
    }

    private func append(_ bytes: ByteBuffer) {
        if var waiting = pending.take(), waiting.readableBytes > 0 {
            waiting.writeImmutableBuffer(bytes)
            pending = waiting
        } else {
            pending = bytes
        }
    }

    // MARK: The end

    private func inputEnded() {
        hasInputEnded = true
        switch phase {
        case .upgraded: visitor?.relayEnded()
        case .body where body.connectionEnded():
            phase = .answered
            visitor?.receiveEnd()
            visitor?.flush()
        case .connecting, .kept, .head, .body: ended(.lost)
        case .answered, .closed: break
        }
    }

    /// The connection is of no more use: tells whoever waits for it.
    func ended(_ failure: UpstreamFailure) {
        let last = phase
        guard last != .closed else { return }
        phase = .closed
        ready?.fail(failure)
        ready = nil
        if last == .kept { shared.pool.forget(self) }
        let visitor = self.visitor.take()
        exchange = nil
        context?.close(mode: .all, promise: nil)
        switch last {
        case .head, .body, .upgraded: visitor?.upstreamEnded(self, failure)
        case .connecting, .kept, .answered, .closed: break
        }
    }
}

@available(*, unavailable)
extension UpstreamConnection: Sendable {}
