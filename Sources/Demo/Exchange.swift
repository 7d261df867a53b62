internal import NIOCore
internal import NIOHTTP1

/// One request and the way to answer it.
final class Exchange {
    let request: HTTPRequestHead
    /// Whether the connection ends with this answer.
    var isLast: Bool
    private(set) var isFinished = false
    private let context: ChannelHandlerContext

    init(request: HTTPRequestHead, context: ChannelHandlerContext) {
        self.request = request
        self.isLast = !request.isKeepAlive
        self.context = context
    }

    var eventLoop: any EventLoop { context.eventLoop }

    /// Whether the connection takes more bytes now; what is written anyway waits in memory.
    var isWritable: Bool { context.channel.isWritable }

    /// Asks the client to go on with its body (RFC 9110 §10.1.1).
    func sendContinue() {
        send(.head(HTTPResponseHead(version: request.version, status: .continue)))
        context.flush()
    }

    /// Begins an answer.
    ///
    /// A client that asked for the last answer on this connection is told so.
    func sendHead(_ status: HTTPResponseStatus, _ headers: HTTPHeaders) {
        var headers = headers
        if isLast { headers.replaceOrAdd(name: "connection", value: "close") }
        send(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        context.flush()
    }

    func sendBody(_ bytes: ByteBuffer) {
        send(.body(.byteBuffer(bytes)))
        context.flush()
    }

    /// Ends the answer, and the connection if that was its last.
    func finish() {
        isFinished = true
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)), promise: sent)
        guard isLast else { return }
        // Closing earlier would throw away what the client has not taken yet.
        sent.futureResult.assumeIsolated().whenComplete { [context] _ in context.close(promise: nil) }
    }

    /// A whole answer; to HEAD only what its head would be.
    func answer(_ status: HTTPResponseStatus = .ok, _ headers: HTTPHeaders, body: ByteBuffer) {
        var headers = headers
        headers.replaceOrAdd(name: "content-length", value: String(body.readableBytes))
        sendHead(status, headers)
        if request.method != .HEAD { send(.body(.byteBuffer(body))) }
        finish()
    }

    /// A whole answer in plain text.
    func answer(_ status: HTTPResponseStatus = .ok, text: String, _ headers: HTTPHeaders = [:]) {
        var headers = headers
        headers.replaceOrAdd(name: "content-type", value: "text/plain; charset=utf-8")
        answer(status, headers, body: ByteBuffer(string: text))
    }

    private func send(_ part: HTTPServerResponsePart) {
        context.write(NIOAny(part), promise: nil)
    }
}

@available(*, unavailable)
extension Exchange: Sendable {}
