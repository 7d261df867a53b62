import Glibc
import NIOCore
import UpstreamSelection

// A request on its way to the app, and the answer on its way back.

extension VisitorConnection {
    /// Reads the selection, once for this request, and takes a connection on its path.
    func dial(_ exchange: Exchange) {
        let path = shared.reader.current.current
        exchange.path = path
        let kept =
            exchange.admission.upgrade == .none
            ? shared.pool.take(path, isRepeatable: exchange.isRepeatable, now: exchange.startedAt) : nil
        if let kept {
            attach(kept, exchange, isKept: true)
        } else {
            dialAnew(exchange, path)
        }
    }

    private func dialAnew(_ exchange: Exchange, _ path: UpstreamPath) {
        phase = .dialing
        shared.counters.connectBegan()
        let pool = shared.pool
        shared.dialer.connect(path, in: shared).assumeIsolated().whenComplete { [weak self] result in
            guard let self, self.exchange === exchange, self.phase == .dialing else {
                // The visitor did not wait; the next one may have it.
                if case .success(let connection) = result { pool.give(connection, now: .now()) }
                return
            }
            switch result {
            case .success(let connection): self.attach(connection, exchange, isKept: false)
            case .failure(let error):
                self.shared.reader.report(.connectFailed(path.name))
                self.upstreamFailed(UpstreamFailure(connecting: error))
            }
        }
    }

    private func attach(_ connection: UpstreamConnection, _ exchange: Exchange, isKept: Bool) {
        upstream = connection
        phase = .relaying
        waitingSince = isKept ? exchange.startedAt : .now()
        connection.begin(exchange, for: self, isKept: isKept)
        shared.scratch.clear()
        RequestRewriter.write(exchange, into: &shared.scratch)
        connection.write(shared.scratch)
        // Answered here, once the app's connection stands: the app is not asked, and a failed connect is told
        // before the visitor sends the body (RFC 9110 §10.1.1).
        if exchange.admission.expectsContinue, exchange.admission.framing != .none, !exchange.hasSentBody {
            writeContinue()
        }
        relayRequestBody()
        connection.flush()
        resumeReading()
    }

    /// Passes on what has come of the request's body.
    func relayRequestBody() {
        guard phase == .relaying, let exchange, let upstream else { return }
        do {
            while !exchange.isRequestSent, var waiting = pending.take() {
                let piece = try exchange.requestBody.next(from: &waiting)
                if waiting.readableBytes > 0 { pending = waiting }
                guard let piece else { break }
                send(piece, exchange, upstream)
            }
        } catch {
            // The app has part of a request; closing without a last chunk tells it so.
            bodyWasMalformed()
            return
        }
        if exchange.requestBody.isFinished, !exchange.isRequestSent {
            exchange.isRequestSent = true
            if exchange.admission.framing == .chunked {
                upstream.write(ChunkWriter.bodyEnd)
            }
        }
    }

    private func send(_ piece: ByteBuffer, _ exchange: Exchange, _ upstream: UpstreamConnection) {
        if exchange.admission.framing == .chunked {
            shared.scratch.clear()
            ChunkWriter.writeSize(piece.readableBytes, into: &shared.scratch)
            upstream.write(shared.scratch)
        }
        exchange.hasSentBody = true
        exchange.hasMoved = true
        exchange.bytesToApp += UInt64(piece.readableBytes)
        upstream.write(piece)
        if exchange.admission.framing == .chunked { upstream.write(ChunkWriter.chunkEnd) }
    }

    private func bodyWasMalformed() {
        upstream.take()?.close()
        if let exchange, exchange.status == nil {
            refuse(.badRequest("the body's chunks are malformed"), exchange.head)
        } else {
            abort()
        }
    }

    // MARK: The answer

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

    /// The app's connection ended before the answer did.
    func upstreamEnded(_ failure: UpstreamFailure) {
        let connection = upstream.take()
        if phase == .upgraded {
            abort()
            return
        }
        guard let exchange, let connection, phase == .relaying else { return }
        guard exchange.status == nil else {
            // The visitor must see that the answer is cut: no last chunk, and a reset where only the end of
            // the connection would tell.
            if exchange.answerFraming == .untilClose { resetOnClose() }
            abort()
            return
        }
        if connection.wasKept, !connection.hasAnswered, exchange.isRepeatable, !exchange.hasRetried,
            let path = exchange.path
        {
            exchange.hasRetried = true
            dialAnew(exchange, path)
            return
        }
        upstreamFailed(failure)
    }

    private func upstreamFailed(_ failure: UpstreamFailure) {
        guard let exchange else { return }
        shared.counters.appFailed()
        log(failure, exchange)
        exchange.held = nil
        answerFailure(failure.page)
        advance()
    }

    /// SO_LINGER of 0 makes the close a reset (`socket(7)`).
    private func resetOnClose() {
        guard let socket = context?.channel as? any SocketOptionProvider else { return }
        // On the channel's own loop the option is set before this returns; a failure leaves an ordinary close.
        _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
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
