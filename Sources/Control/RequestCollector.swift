internal import NIOCore
internal import NIOHTTP1

/// A request whose end has come, or that is too large to be waited for.
struct CollectedRequest: Sendable {
    let head: HTTPRequestHead
    /// Nil when it is larger than ``RequestCollector/largestBodyBytes``.
    let body: [UInt8]?
}

/// Collects the requests of a connection and hands them to the task that answers them.
///
/// They come one at a time: the pipelining handler in front holds the next one back until the answer is
/// complete, so that nothing piles up.
final class RequestCollector: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    static let largestBodyBytes = 16 * 1024

    private let requests: AsyncStream<CollectedRequest>.Continuation
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ requests: AsyncStream<CollectedRequest>.Continuation) {
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let bytes):
            // Without a head the request was given up.
            guard let head else { return }
            guard body.count + bytes.readableBytes <= Self.largestBodyBytes else {
                self.head = nil
                requests.yield(CollectedRequest(head: head, body: nil))
                return
            }
            body += bytes.readableBytesView
        case .end:
            guard let head else { return }
            self.head = nil
            requests.yield(CollectedRequest(head: head, body: body))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        requests.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

@available(*, unavailable)
extension RequestCollector: Sendable {}
