package import GateModel
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A visitor of the program's own: asks its gateway for a page of the app, over the listener that other
/// visitors use, with a session's cookie.
package struct DrillVisitor: Sendable {
    /// Whoever has not got a whole answer by then has none.
    static let patience: Duration = .seconds(5)

    private let address: ListenAddress
    private let head: HTTPRequestHead

    /// - Parameters:
    ///   - address: Where the gateway listens.
    ///   - host: `Host` of the base URL.
    ///   - target: Path and query to ask for.
    ///   - cookie: Name and value of the session cookie.
    package init(address: ListenAddress, host: String, target: String, cookie: Secret) {
        self.address = address
        self.head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: target,
            headers: [
                "host": host, "cookie": cookie.text, "accept": "*/*", "user-agent": "runegate-drill",
                "connection": "close",
            ])
    }

    /// One request on a connection of its own, up to the end of its answer.
    package func ask() async -> DrillAnswer {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: DrillAnswer.self)
        let limit = TimeAmount(Self.patience)
        let timer = loop.scheduleTask(in: limit) {
            answer.succeed(.failed("no whole answer within \(Self.patience.components.seconds) s"))
        }
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(limit).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHTTPClientHandlers()
                try channel.pipeline.syncOperations.addHandler(WholeAnswer(answer))
            }
        }
        let connected = connect(bootstrap)
        connected.whenFailure { answer.succeed(.failed("the gateway took no connection (\($0))")) }
        connected.whenSuccess { channel in
            answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        defer { timer.cancel() }
        return (try? await answer.futureResult.get()) ?? .failed("the program ends")
    }

    private func connect(_ bootstrap: ClientBootstrap) -> EventLoopFuture<any Channel> {
        switch address {
        case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
        case .ip(let ip, let port): bootstrap.connect(host: ip.description, port: port)
        }
    }
}

/// Waits for the end of an answer, and keeps nothing of it but its status.
private final class WholeAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<DrillAnswer>
    private var status = 0

    init(_ promise: EventLoopPromise<DrillAnswer>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            status = Int(head.status.code)
            if head.headers.first(name: "location")?.hasPrefix("/.runegate/") == true {
                promise.succeed(.failed("the gateway asks it to sign in"))
            }
        case .body: break
        case .end: promise.succeed(.answered(status: status))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.succeed(.failed("the connection ended before the answer did"))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.succeed(.failed("\(error)"))
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension WholeAnswer: Sendable {}
