import NIOCore

// The app's answer on its way back.

extension VisitorConnection {
    /// The head of the app's answer.
    func receive(_ head: ResponseHead, framing: BodyFraming) {
        guard let exchange else { return }
        if !exchange.state.streamsResponses, HeldAnswer.isHoldable(head, framing, limits: shared.limits) {
            exchange.held = HeldAnswer(head: head, framing: framing, body: ByteBuffer())
            return
        }
        writeHead(
            head, exchange,
            ResponseRewriter.frame(exchange, framing: framing, isPersistent: mayPersist(exchange)))
    }

    private func writeHead(_ head: ResponseHead, _ exchange: Exchange, _ frame: ResponseRewriter.Frame) {
        exchange.status = head.status
        exchange.answerFraming = frame.framing
        exchange.isAnswerPersistent = frame.isPersistent
        shared.scratch.clear()
        ResponseRewriter.write(head, exchange, frame, into: &shared.scratch)
        write(shared.scratch)
    }

    /// Whether another request may follow this answer.
    ///
    /// Not when it overtakes its request, whose rest would have to be read first; and not when the app refused an
    /// upgrade: what the visitor sent behind the request was meant for another protocol.
    private func mayPersist(_ exchange: Exchange) -> Bool {
        exchange.admission.isPersistent && exchange.admission.upgrade == .none && exchange.isRequestSent
            && !shared.isDraining && !hasInputEnded
    }

    /// A piece of the app's answer.
    func receiveBody(_ piece: ByteBuffer) {
        guard let exchange else { return }
        if exchange.held != nil {
            exchange.held?.body.writeImmutableBuffer(piece)
            if let held = exchange.held, held.body.readableBytes > shared.limits.heldResponseBytes {
                letGo(held, exchange)
            }
            return
        }
        writeBody(piece, exchange)
    }

    /// A held answer grew too large: it is streamed from here on.
    private func letGo(_ held: HeldAnswer, _ exchange: Exchange) {
        exchange.held = nil
        writeHead(
            held.head, exchange,
            ResponseRewriter.frame(exchange, framing: held.framing, isPersistent: mayPersist(exchange)))
        writeBody(held.body, exchange)
    }

    private func writeBody(_ piece: ByteBuffer, _ exchange: Exchange) {
        exchange.bytesToVisitor += UInt64(piece.readableBytes)
        exchange.hasMoved = true
        guard exchange.answerFraming == .chunked else {
            write(piece)
            return
        }
        shared.scratch.clear()
        ChunkWriter.writeSize(piece.readableBytes, into: &shared.scratch)
        if piece.readableBytes <= ChunkWriter.copiedBytes {
            shared.scratch.writeImmutableBuffer(piece)
            shared.scratch.writeStaticString("\r\n")
            write(shared.scratch)
        } else {
            write(shared.scratch)
            write(piece)
            write(ChunkWriter.chunkEnd)
        }
    }

    /// The app's answer is whole.
    func receiveEnd() {
        guard let exchange, let connection = upstream.take() else { return }
        if let held = exchange.held {
            exchange.held = nil
            let isPersistent = mayPersist(exchange)
            writeHead(
                held.head, exchange,
                .init(framing: .length, knownLength: held.body.readableBytes, isPersistent: isPersistent))
            exchange.bytesToVisitor += UInt64(held.body.readableBytes)
            write(held.body)
        } else if exchange.answerFraming == .chunked {
            write(ChunkWriter.bodyEnd)
        }
        connection.release(isRequestSent: exchange.isRequestSent)
        finish(isPersistent: exchange.isAnswerPersistent)
        advance()
    }
}

extension HeldAnswer {
    /// Whether an answer may wait for its end: of a small or unknown length, and no stream of events.
    static func isHoldable(_ head: ResponseHead, _ framing: BodyFraming, limits: EdgeLimits) -> Bool {
        switch framing {
        case .none: return false
        case .length(let count) where count > UInt64(limits.heldResponseBytes): return false
        case .length, .chunked, .untilClose: break
        }
        return head.block.withBytes { bytes in
            !head.block.fields.contains { field in
                UnsafeRawBufferPointer(rebasing: bytes[field.nameRange]).equalsIgnoringCase("content-type")
                    && UnsafeRawBufferPointer(rebasing: bytes[field.valueRange])
                        .startsIgnoringCase("text/event-stream")
            }
        }
    }
}
