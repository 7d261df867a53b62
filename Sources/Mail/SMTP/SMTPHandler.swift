internal import NIOCore
internal import TLS

/// Carries one ``SMTPConversation`` out on a channel: bytes to replies, actions to bytes, deadlines.
final class SMTPHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// User event from outside: Runegate stops, give up unless the mail is under way.
    struct Interruption: Sendable {}

    private var conversation: SMTPConversation
    private let message: [UInt8]
    private let isExpired: () -> Bool
    private let makeTLSHandler: () -> TLSClientHandler?
    private let deadlines: SMTPDeadlines
    private let result: EventLoopPromise<DeliveryRecord>
    private var transcript: SMTPTranscript
    private let host: String
    private var parser = SMTPReplyParser()
    private var deadline: Scheduled<Void>?
    private var isFinished = false

    /// Carries `conversation` out on the channel that the handler is added to.
    ///
    /// `result` succeeds once, as soon as the outcome is certain, and never fails; `isExpired` says whether it
    /// is too late for the mail; `makeTLSHandler` gives the handler that STARTTLS puts in front.
    init(
        conversation: SMTPConversation, host: String, message: [UInt8], transcript: SMTPTranscript,
        deadlines: SMTPDeadlines, result: EventLoopPromise<DeliveryRecord>,
        isExpired: @escaping () -> Bool,
        makeTLSHandler: @escaping () -> TLSClientHandler?
    ) {
        self.conversation = conversation
        self.host = host
        self.message = message
        self.transcript = transcript
        self.deadlines = deadlines
        self.result = result
        self.isExpired = isExpired
        self.makeTLSHandler = makeTLSHandler
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else {
            finish(.failure(.closed(conversation.step, host: host)), context)
            return
        }
        restartDeadline(context)
        if let action = conversation.connected() { perform(action, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        finish(.failure(.closed(conversation.step, host: host)), context)
    }

    // MARK: Events

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFinished else { return }
        parser.append(unwrapInboundIn(data).readableBytesView)
        do {
            while !isFinished, let reply = try parser.next() {
                let clean = SMTPReply(code: reply.code, lines: reply.lines.map(transcript.clean))
                transcript.server(clean)
                perform(conversation.received(clean), context)
            }
        } catch {
            switch error {
            case .malformed(let line): fail(.notSMTP(line: transcript.clean(line)), context)
            case .oversized: fail(.replyTooLarge, context)
            }
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let agreement = event as? TLSHandshakeCompleted {
            transcript.note(
                "\(agreement.version), \(agreement.cipher); the certificate is good and for \(host)")
            restartDeadline(context)
            if let action = conversation.tlsEstablished() { perform(action, context) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(
        context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?
    ) {
        guard event is Interruption else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        promise?.succeed()
        if conversation.step == .acceptance {
            setDeadline(deadlines.acceptanceWhileStopping, context)
        } else {
            fail(.interrupted, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error as? TLSError {
        case .truncated?, nil: fail(.closed(conversation.step, host: host), context)
        case let error?: fail(.tls(error), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(.closed(conversation.step, host: host)), context)
        context.fireChannelInactive()
    }

    // MARK: Actions

    private func perform(_ action: SMTPConversation.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .send(let command):
            send(command, context)
            restartDeadline(context)
        case .startTLS:
            startTLS(context)
        case .sendMessage:
            sendMessage(context)
            restartDeadline(context)
        case .finish(let result):
            send(.quit, context)
            finish(result, context)
            setDeadline(deadlines.quit, context)
        }
    }

    private func send(_ command: SMTPCommand, _ context: ChannelHandlerContext) {
        transcript.client(command.shown)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: command.line + "\r\n")), promise: nil)
    }

    private func startTLS(_ context: ChannelHandlerContext) {
        // Whatever came behind the reply was not said by the server whose name we are about to check.
        if parser.bufferedBytes > 0 {
            transcript.note(
                "dropped \(parser.bufferedBytes) bytes that came in plain text before the handshake")
        }
        parser.discard()
        guard let handler = makeTLSHandler() else {
            fail(.startTLSNotOffered(host: host), context)
            return
        }
        restartDeadline(context)
        do {
            try context.pipeline.syncOperations.addHandler(handler, position: .before(self))
        } catch {
            fail(.closed(.handshake, host: host), context)
        }
    }

    private func sendMessage(_ context: ChannelHandlerContext) {
        guard !isExpired() else {
            // No dot was sent, so the server drops what it has.
            fail(.expired, context)
            return
        }
        var stuffer = DotStuffer()
        var buffer = context.channel.allocator.buffer(capacity: message.count + message.count / 64)
        buffer.writeBytes(stuffer.stuff(message))
        buffer.writeBytes(stuffer.end())
        transcript.note("the mail, \(message.count) bytes")
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: The end

    /// The connection is of no use any more.
    private func fail(_ failure: SMTPFailure, _ context: ChannelHandlerContext) {
        finish(.failure(failure), context)
        context.close(promise: nil)
    }

    private func finish(_ outcome: Result<String, SMTPFailure>, _ context: ChannelHandlerContext) {
        guard !isFinished else { return }
        isFinished = true
        deadline?.cancel()
        result.succeed(DeliveryRecord(outcome, transcript: transcript))
    }

    private func restartDeadline(_ context: ChannelHandlerContext) {
        setDeadline(deadlines.limit(of: conversation.step), context)
    }

    private func setDeadline(_ limit: TimeAmount, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
            fail(.timedOut(conversation.step, host: host), context)
        }
    }
}

@available(*, unavailable)
extension SMTPHandler: Sendable {}
