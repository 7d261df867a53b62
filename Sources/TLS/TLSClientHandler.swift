package import NIOCore

/// Speaks TLS as a client between a plain connection and the handlers behind it.
///
/// It starts the handshake when the channel is active (or at once, when it is added to an active one), checks
/// chain and name, and fires ``TLSHandshakeCompleted``. Data written earlier waits here, outside of the
/// channel's writability: writers of much data wait for that event. Every failure arrives as a `TLSError` in
/// `errorCaught`, and the channel is closed. Ciphertext counts for the channel's writability, and a read that
/// yields no data yet is repeated here, so back-pressure works as without TLS.
package final class TLSClientHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum State {
        case idle
        case handshaking
        case open
        /// Closed from this side, or failed: nothing is written or read any more.
        case closed
    }

    private let session: TLSSession
    private let server: String
    private var state: State = .idle
    /// The server sent its `close_notify`.
    private var hasServerClosed = false
    /// We sent ours: nothing is written any more.
    private var hasClosedOutput = false
    private var isEncrypting = false
    private var pendingWrites = MarkedCircularBuffer<(data: ByteBuffer, promise: EventLoopPromise<Void>?)>(
        initialCapacity: 8)
    private var isReadWanted = false
    private var hasDelivered = false

    /// Makes a handler for one connection.
    ///
    /// - Parameters:
    ///   - context: Whom to trust.
    ///   - serverName: The DNS name or IP address (without brackets) that the certificate must be for.
    package init(context: TLSClientContext, serverName: String) {
        self.session = TLSSession(context: context, server: serverName)
        self.server = serverName
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        failPendingWrites(ChannelError.ioOnClosedChannel)
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        end(context)
        state = .closed
        failPendingWrites(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            // After close_notify the handlers behind have been told already.
            guard !hasServerClosed else { return }
            end(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Reading

    package func read(context: ChannelHandlerContext) {
        isReadWanted = true
        context.read()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state == .handshaking || state == .open else { return }
        session.receive(unwrapInboundIn(data))
        if state == .handshaking { shakeHands(context) }
        if state == .open { deliver(context) }
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        sendOutgoing(context, promise: nil)
        let needsMore = state == .handshaking || (isReadWanted && !hasDelivered)
        hasDelivered = false
        context.fireChannelReadComplete()
        if needsMore { context.read() }
    }

    private func deliver(_ context: ChannelHandlerContext) {
        guard state == .open, !hasServerClosed else { return }
        var data = context.channel.allocator.buffer(capacity: 0)
        let reading = session.read(into: &data)
        if data.readableBytes > 0 {
            isReadWanted = false
            hasDelivered = true
            context.fireChannelRead(wrapInboundOut(data))
            guard state == .open else { return }
        }
        switch reading {
        case .needsMoreBytes: break
        case .failed(let error): fail(context, error)
        case .closed: serverClosed(context)
        }
    }

    /// The server sends nothing more.
    ///
    /// Like a TCP end: with half-closure the handlers behind are told and may go on writing, without it the
    /// channel is closed.
    private func serverClosed(_ context: ChannelHandlerContext) {
        hasServerClosed = true
        let allowsHalfClosure =
            (try? context.channel.syncOptions?.getOption(.allowRemoteHalfClosure)) ?? false
        if allowsHalfClosure {
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        } else {
            close(context: context, mode: .all, promise: nil)
        }
    }

    // MARK: Writing

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state != .closed, !hasClosedOutput else {
            promise?.fail(hasClosedOutput ? ChannelError.outputClosed : ChannelError.ioOnClosedChannel)
            return
        }
        pendingWrites.append((unwrapOutboundIn(data), promise))
    }

    package func flush(context: ChannelHandlerContext) {
        pendingWrites.mark()
        if state == .open { encryptPendingWrites(context) }
        context.flush()
    }

    /// Encrypts what was flushed and hands it on in pieces, so that a large write is in memory twice for one
    /// piece only.
    private func encryptPendingWrites(_ context: ChannelHandlerContext) {
        // A change of writability on the way may make the handlers behind flush again; the loop that runs
        // already takes their writes, in order.
        guard !isEncrypting else { return }
        isEncrypting = true
        defer { isEncrypting = false }
        var promises: [EventLoopPromise<Void>] = []
        while state == .open, pendingWrites.hasMark, var write = pendingWrites.popFirst() {
            while let piece = write.data.readSlice(length: min(write.data.readableBytes, Self.pieceBytes)),
                piece.readableBytes > 0
            {
                if let error = session.write(piece) {
                    promises.forEach { $0.fail(error) }
                    write.promise?.fail(error)
                    fail(context, error)
                    return
                }
                guard write.data.readableBytes > 0 else { break }
                sendOutgoing(context, promise: nil)
            }
            if let promise = write.promise { promises.append(promise) }
        }
        sendOutgoing(context, promise: Self.promise(for: promises, on: context.eventLoop))
    }

    private func sendOutgoing(_ context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard let outgoing = session.takeOutgoing(allocator: context.channel.allocator) else {
            // Only empty writes came: they are done when what went before them is.
            if let promise { context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise) }
            return
        }
        context.writeAndFlush(wrapOutboundOut(outgoing), promise: promise)
    }

    private static let pieceBytes = 64 * 1024

    private static func promise(
        for promises: [EventLoopPromise<Void>], on eventLoop: any EventLoop
    ) -> EventLoopPromise<Void>? {
        guard promises.count > 1 else { return promises.first }
        let combined = eventLoop.makePromise(of: Void.self)
        for promise in promises { combined.futureResult.cascade(to: promise) }
        return combined
    }

    // MARK: Closing

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode != .input else {
            context.close(mode: mode, promise: promise)
            return
        }
        guard mode == .all || state == .open else {
            // Half a handshake cannot be closed.
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        if state == .open, !hasClosedOutput {
            encryptPendingWrites(context)
            session.sendCloseNotify()
            sendOutgoing(context, promise: nil)
            hasClosedOutput = true
        }
        if mode == .all { state = .closed }
        failPendingWrites(ChannelError.ioOnClosedChannel)
        context.close(mode: mode, promise: promise)
    }

    // MARK: Steps

    private func start(_ context: ChannelHandlerContext) {
        guard state == .idle else { return }
        state = .handshaking
        shakeHands(context)
        sendOutgoing(context, promise: nil)
        // Nobody behind has a reason to read yet.
        context.read()
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        switch session.shakeHands() {
        case .needsMoreBytes:
            break
        case .failed(let error):
            fail(context, error)
        case .done:
            state = .open
            // The server's answer to the last flight must not wait for the end of this read.
            sendOutgoing(context, promise: nil)
            context.fireUserInboundEventTriggered(session.agreement)
            if state == .open { encryptPendingWrites(context) }
        }
    }

    /// The connection ended without a word.
    private func end(_ context: ChannelHandlerContext) {
        switch state {
        case .handshaking: fail(context, .closedInHandshake(server: server))
        case .open where !hasServerClosed: fail(context, .truncated(server: server))
        case .open, .idle, .closed: break
        }
    }

    private func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
        guard state != .closed else { return }
        state = .closed
        // The alert, if libssl wrote one: it tells the server's operator what is wrong.
        sendOutgoing(context, promise: nil)
        failPendingWrites(error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    private func failPendingWrites(_ error: any Error) {
        while let write = pendingWrites.popFirst() { write.promise?.fail(error) }
    }
}

@available(*, unavailable)
extension TLSClientHandler: Sendable {}
