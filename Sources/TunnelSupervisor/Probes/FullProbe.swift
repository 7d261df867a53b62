import GateModel
import NIOCore
import NIOPosix
import UpstreamSelection

/// The full probe: a request for the app on a connection of its own.
struct FullProbe {
    /// `Host` of the request: that of the visitors' requests.
    let host: String
    /// Path and query to ask for.
    let target: String
    /// Nil when no target is `https`.
    let addTLS: TunnelService.AddTLS?

    /// Asks on `loop`, and tells once what came of it by `deadline`; nil when this process could not ask.
    ///
    /// The delay of the answer is measured by `clock`.
    func send(
        _ verb: ProbeMethod.Verb, over path: UpstreamPath, on loop: any EventLoop, deadline: Duration,
        clock: @escaping () -> Duration, report: @escaping (FullOutcome?) -> Void
    ) {
        let started = clock()
        let reader = AnswerReader(
            request: request(verb), since: started, clock: clock, report: report)
        let bound = NIOLoopBound(reader, eventLoop: loop)
        // The deadline is the timer's below.
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(deadline + Patience.longestGrace + Patience.punctual))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Only the status line is read: of a large page no more than this comes over the tunnel.
            .channelOption(.socketOption(.so_rcvbuf), value: 4096)
            .channelInitializer { [addTLS] channel in
                do {
                    if path.endpoint.scheme == .https { try addTLS?(channel, path.endpoint.host) }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                } catch {
                    return channel.eventLoop.makeFailedFuture(error)
                }
                return ProbeSocket.bind(channel, to: path.interface)
            }
        ProbeSocket.connect(bootstrap, to: path.endpoint).whenFailure { error in
            switch ProbeFailure(error) {
            case .refused: bound.value.finish(.refused)
            case .timedOut: bound.value.finish(.noConnection)
            case .unreachable(let number): bound.value.finish(.unreachable(errno: number))
            case .shortage: bound.value.finish(nil)
            }
        }
        let timer = PatientTimer(deadline, on: loop, clock: clock) { reader.expire() }
        reader.whenFinished { timer.cancel() }
    }

    private func request(_ verb: ProbeMethod.Verb) -> ByteBuffer {
        ByteBuffer(
            string: "\(verb.rawValue) \(target) HTTP/1.1\r\nHost: \(host)\r\n"
                + "User-Agent: runegate-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n")
    }
}

/// Writes the request, reads up to the status line, and closes.
private final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: ByteBuffer
    private let since: Duration
    private let clock: () -> Duration
    private var report: ((FullOutcome?) -> Void)?
    private var afterwards: (() -> Void)?
    /// The one that connects, or is connected.
    private var channel: (any Channel)?
    private var isConnected = false
    private var received: [UInt8] = []

    init(
        request: ByteBuffer, since: Duration, clock: @escaping () -> Duration,
        report: @escaping (FullOutcome?) -> Void
    ) {
        self.request = request
        self.since = since
        self.clock = clock
        self.report = report
    }

    func whenFinished(_ action: @escaping () -> Void) { afterwards = action }

    /// The deadline has come.
    func expire() { finish(!isConnected ? .noConnection : received.isEmpty ? .silent : .garbled) }

    /// Tells the outcome, once, and ends the connection.
    func finish(_ outcome: FullOutcome?) {
        guard let report else { return }
        self.report = nil
        report(outcome)
        channel?.close(promise: nil)
        channel = nil
        afterwards?()
        afterwards = nil
    }

    func handlerAdded(context: ChannelHandlerContext) { channel = context.channel }

    func channelActive(context: ChannelHandlerContext) {
        guard report != nil else { return context.close(promise: nil) }
        // A name with two addresses is tried at both.
        channel = context.channel
        isConnected = true
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView.prefix(StatusLine.byteCount - received.count)
        switch StatusLine(received) {
        case .incomplete: break
        case .status(let status): finish(.answered(status: status, after: clock() - since))
        case .garbled: finish(.garbled)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(received.isEmpty ? .closed : .garbled)
    }

    /// A reset ends like a close; anything else is a far side that does not speak TLS as it should.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(error is IOError && received.isEmpty ? .closed : .garbled)
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension AnswerReader: Sendable {}
