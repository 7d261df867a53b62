import NIOCore
import UpstreamSelection

// The app's answer as it comes in: its heads, its body, or the agreement to another protocol.

extension UpstreamConnection {
    /// An app that sends more heads than this before the answer sends no answer.
    private static let maximumInterimHeads = 16

    func readHead() {
        while phase == .head, let waiting = pending, waiting.readableBytes > 0 {
            if !hasAnswered {
                hasAnswered = true
                visitor?.answerBegan(on: self)
            }
            switch waiting.withUnsafeReadableBytes({ scanner.scan($0) }) {
            case .incomplete:
                if waiting.readableBytes > shared.limits.responseHeadBytes { ended(.garbled) }
                return
            case .bareLineFeed:
                ended(.garbled)
            case .complete(let length):
                guard length <= shared.limits.responseHeadBytes,
                    let bytes = pending?.readSlice(length: length)
                else {
                    ended(.garbled)
                    return
                }
                scanner = HeadScanner()
                receiveHead(bytes)
            }
        }
    }

    private func receiveHead(_ bytes: ByteBuffer) {
        guard let exchange, let visitor else { return }
        guard let head = try? HeadReader.response(bytes, limits: shared.limits),
            case .success(let framing) = ResponseGuard.framing(
                head, isAnswerToHead: exchange.head.method == .head,
                mayUpgrade: exchange.admission.upgrade != .none)
        else {
            ended(.garbled)
            return
        }
        shared.observe(.byteSeen(path.name), at: .now())
        if head.status == 101 {
            upgrade(head, exchange, visitor)
            return
        }
        // 100 was answered by us; 102 and 103 are advice that goes no further (RFC 9110 §15.2).
        guard head.status >= 200 else {
            interimHeads += 1
            if interimHeads > Self.maximumInterimHeads { ended(.garbled) }
            return
        }
        isReusable = ResponseGuard.isReusable(head, framing: framing)
        body = BodyReader(framing, allowsExtensions: true)
        phase = .body
        visitor.receive(head, framing: framing)
        readBody()
    }

    private func upgrade(_ head: ResponseHead, _ exchange: Exchange, _ visitor: VisitorConnection) {
        phase = .upgraded
        self.exchange = nil
        visitor.receiveUpgrade(head)
        if let rest = pending.take(), rest.readableBytes > 0 { visitor.relay(rest) }
        visitor.flush()
    }

    func readBody() {
        guard phase == .body, let visitor else { return }
        do {
            while var waiting = pending.take() {
                let piece = try body.next(from: &waiting)
                if waiting.readableBytes > 0 { pending = waiting }
                guard let piece else { break }
                visitor.receiveBody(piece)
            }
        } catch {
            ended(.garbled)
            return
        }
        // A visitor that failed meanwhile has closed us.
        guard phase == .body, body.isFinished else { return }
        phase = .answered
        visitor.receiveEnd()
    }
}
