import NIOCore

// The body of a request on its way to the app.

extension VisitorConnection {
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
}
