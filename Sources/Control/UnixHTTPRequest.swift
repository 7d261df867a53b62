internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One HTTP/1.1 request over a Unix socket, on a connection of its own.
struct UnixHTTPRequest: Sendable {
    let method: HTTPMethod
    let path: String
    var body: [UInt8] = []
    /// Set over the ordinary ones.
    var headers: HTTPHeaders = [:]

    /// The whole answer, or an error when the connection fails, ends early or takes longer than `limit`.
    func send(to socket: String, within limit: Duration) async throws -> WholeResponse {
        let timeout = TimeAmount(limit)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: WholeResponse.self)
        let timer = loop.scheduleTask(in: timeout) { answer.fail(ChannelError.connectTimeout(timeout)) }
        let connected = ClientBootstrap(group: loop)
            .connectTimeout(timeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(AnswerCollector(answer))
                }
            }
            .connect(unixDomainSocketPath: socket)
        connected.whenFailure { answer.fail($0) }
        connected.whenSuccess { channel in
            answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
            channel.write(HTTPClientRequestPart.head(head), promise: nil)
            channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
            channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        }
        defer { timer.cancel() }
        return try await answer.futureResult.get()
    }

    private var head: HTTPRequestHead {
        var headers: HTTPHeaders = ["host": "localhost", "connection": "close"]
        if method == .POST {
            headers.add(name: "content-type", value: "application/json")
            headers.add(name: "content-length", value: String(body.count))
        }
        for (name, value) in self.headers { headers.replaceOrAdd(name: name, value: value) }
        return HTTPRequestHead(version: .http1_1, method: method, uri: path, headers: headers)
    }
}

/// An answer that has come to its end.
struct WholeResponse: Sendable {
    var status: Int
    var headers: HTTPHeaders
    var body: [UInt8]
}

/// Collects one response and keeps the promise; whatever ends earlier breaks it.
private final class AnswerCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let promise: EventLoopPromise<WholeResponse>
    private var response = WholeResponse(status: 0, headers: [:], body: [])

    init(_ promise: EventLoopPromise<WholeResponse>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            response.status = Int(head.status.code)
            response.headers = head.headers
        case .body(let bytes): response.body += bytes.readableBytesView
        case .end: promise.succeed(response)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
