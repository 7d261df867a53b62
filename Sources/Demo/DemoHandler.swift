internal import NIOCore
internal import NIOHTTP1

/// Gives each request of a connection to the responder of its route.
///
/// Requests come one at a time: the pipelining handler in front holds the next one back until the answer
/// is complete.
final class DemoHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var exchange: Exchange?
    private var responder: (any Responder)?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            responder?.cancel()
            let exchange = Exchange(request: head, context: context)
            let responder = DemoRoutes.responder(for: head)
            self.exchange = exchange
            self.responder = responder
            responder.begin(exchange)
        case .body(let bytes):
            guard let exchange else { return }
            responder?.receive(bytes, exchange)
        case .end:
            guard let exchange else { return }
            responder?.requestEnded(exchange)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, let exchange { responder?.canWrite(exchange) }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        // A client that has said its last may still wait for the answer.
        if let exchange, !exchange.isFinished {
            exchange.isLast = true
        } else {
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stop()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func stop() {
        responder?.cancel()
        responder = nil
        exchange = nil
    }
}

@available(*, unavailable)
extension DemoHandler: Sendable {}
