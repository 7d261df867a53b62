internal import GateConfig
internal import GateModel
internal import TLS

/// The client's side of one mail over SMTP: what comes next, decided from what was received.
///
/// No input and no output here. One command waits for its reply before the next (no pipelining), so a reply
/// always belongs to the command before it.
struct SMTPConversation {
    /// What to do next.
    enum Action: Equatable {
        /// Send the line and wait for a reply.
        case send(SMTPCommand)
        /// Forget everything received so far and start TLS; then call ``tlsEstablished()``.
        case startTLS
        /// Send the mail, then the final dot, and wait for a reply.
        case sendMessage
        /// It is over: what became of the mail is certain. Send QUIT if the line still works.
        case finish(Result<String, SMTPFailure>)
    }

    private let envelope: SMTPEnvelope
    private(set) var step: SMTPFailure.Step
    private var isEncrypted = false
    private var extensions = SMTPExtensions()
    private var login = LoginStage.none

    /// Where AUTH LOGIN stands: the server asks for two things.
    private enum LoginStage {
        case none, user, password
    }

    init(_ envelope: SMTPEnvelope) {
        self.envelope = envelope
        self.step = envelope.security == .implicit ? .handshake : .greeting
    }

    /// The connection is there.
    ///
    /// - Returns: A failure when nothing may be sent on it; nil: wait for the greeting, after the handshake if
    ///   TLS comes first.
    func connected() -> Action? {
        guard envelope.security != .none || envelope.isPeerLoopback else {
            return .finish(.failure(.plainTextToElsewhere(host: envelope.host)))
        }
        return nil
    }

    /// TLS is there and the server is who it should be.
    mutating func tlsEstablished() -> Action? {
        isEncrypted = true
        guard envelope.security == .startTLS else {
            step = .greeting
            return nil
        }
        // What was offered in plain text counts for nothing (RFC 3207 §4.2).
        extensions = SMTPExtensions()
        return hello()
    }

    /// The reply to the last command, or the greeting.
    mutating func received(_ reply: SMTPReply) -> Action {
        if reply.isTransient { return finish(.busy(step, reply: reply.summary)) }
        switch step {
        case .greeting: return reply.code == 220 ? hello() : finish(.refused(step, reply: reply.summary))
        case .hello: return helloAnswered(reply)
        case .startTLS: return startTLSAnswered(reply)
        case .authentication: return authenticationAnswered(reply)
        case .sender: return senderAnswered(reply)
        case .recipient: return recipientAnswered(reply)
        case .data: return dataAnswered(reply)
        case .acceptance:
            return reply.code / 100 == 2
                ? .finish(.success(reply.summary)) : finish(.mailRefused(reply: reply.summary))
        // A reply where none was asked for.
        case .handshake, .quit: return finish(.notSMTP(line: reply.summary))
        }
    }

    // MARK: Steps

    private mutating func hello() -> Action {
        step = .hello
        return .send(.hello(name: envelope.helloName))
    }

    private mutating func helloAnswered(_ reply: SMTPReply) -> Action {
        guard reply.code == 250 else { return finish(.refused(step, reply: reply.summary)) }
        extensions = SMTPExtensions(reply)
        if envelope.security == .startTLS, !isEncrypted {
            guard extensions.offersStartTLS else { return finish(.startTLSNotOffered(host: envelope.host)) }
            step = .startTLS
            return .send(.startTLS)
        }
        return authenticate()
    }

    private mutating func startTLSAnswered(_ reply: SMTPReply) -> Action {
        guard reply.code == 220 else { return finish(.refused(step, reply: reply.summary)) }
        step = .handshake
        return .startTLS
    }

    private mutating func authenticate() -> Action {
        guard let credentials = envelope.credentials else { return mailFrom() }
        // Belt and braces: no way leads here in plain text, but a password is worth a second look.
        guard isEncrypted || envelope.isPeerLoopback else {
            return finish(.plainTextToElsewhere(host: envelope.host))
        }
        step = .authentication
        if extensions.mechanisms.contains("PLAIN") { return .send(.authPlain(credentials)) }
        guard extensions.mechanisms.contains("LOGIN") else {
            return finish(.noMechanism(host: envelope.host, offered: extensions.mechanisms))
        }
        login = .user
        return .send(.authLogin)
    }

    private mutating func authenticationAnswered(_ reply: SMTPReply) -> Action {
        guard let credentials = envelope.credentials else { return finish(.notSMTP(line: reply.summary)) }
        switch (reply.code, login) {
        case (235, _):
            login = .none
            return mailFrom()
        case (334, .user):
            login = .password
            return .send(.authLoginUser(credentials))
        case (334, .password):
            login = .none
            return .send(.authLoginPassword(credentials))
        case (500..., _): return finish(.credentialsRefused(user: credentials.user, reply: reply.summary))
        default: return finish(.notSMTP(line: reply.summary))
        }
    }

    private mutating func mailFrom() -> Action {
        guard !envelope.endsAfterLogin else { return .finish(.success("signed in")) }
        if let maximum = extensions.maximumBytes, envelope.messageBytes > maximum {
            return finish(.tooLarge(bytes: envelope.messageBytes, maximumBytes: maximum))
        }
        step = .sender
        return .send(
            .mailFrom(envelope.sender, announcedBytes: extensions.offersSize ? envelope.messageBytes : nil))
    }

    private mutating func senderAnswered(_ reply: SMTPReply) -> Action {
        guard reply.code / 100 == 2 else { return finish(refusal(of: reply)) }
        step = .recipient
        return .send(.recipient(envelope.recipient))
    }

    private mutating func recipientAnswered(_ reply: SMTPReply) -> Action {
        guard reply.code / 100 == 2 else {
            return finish(reply.code == 530 ? refusal(of: reply) : .recipientRefused(reply: reply.summary))
        }
        step = .data
        return .send(.data)
    }

    private mutating func dataAnswered(_ reply: SMTPReply) -> Action {
        guard reply.code == 354 else { return finish(refusal(of: reply)) }
        step = .acceptance
        return .sendMessage
    }

    /// 530 asks for a sign-in (RFC 4954 §6).
    private func refusal(of reply: SMTPReply) -> SMTPFailure {
        reply.code == 530 && envelope.credentials == nil
            ? .credentialsMissing(reply: reply.summary) : .refused(step, reply: reply.summary)
    }

    private mutating func finish(_ failure: SMTPFailure) -> Action {
        step = .quit
        return .finish(.failure(failure))
    }
}
