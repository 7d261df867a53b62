internal import NIOCore
internal import NIOHTTP1
internal import NIOWebSocket

/// Sends every WebSocket message back as it came (RFC 6455).
final class WebSocketEcho: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    static let largestFrameBytes = 16 * 1024 * 1024

    /// The extra headers of the 101 answer; nil refuses the upgrade.
    ///
    /// The first subprotocol that the client
    /// offers is taken, so that one can see it pass a proxy.
    static func answerHeaders(to head: HTTPRequestHead) -> HTTPHeaders? {
        guard head.uri.split(separator: "?", maxSplits: 1).first == "/ws" else { return nil }
        guard let offered = head.headers[canonicalForm: "sec-websocket-protocol"].first else { return [:] }
        return ["sec-websocket-protocol": String(offered)]
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text, .binary, .continuation:
            send(WebSocketFrame(fin: frame.fin, opcode: frame.opcode, data: frame.unmaskedData), context)
        case .ping:
            send(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData), context)
        case .connectionClose:
            // RFC 6455 §5.5.1: a close frame is answered with the same status, then the server closes.
            let answer = WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(answer)).assumeIsolated().whenComplete { _ in
                context.close(promise: nil)
            }
        default:
            break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func send(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }
}

@available(*, unavailable)
extension WebSocketEcho: Sendable {}
