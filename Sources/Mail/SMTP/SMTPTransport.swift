internal import GateConfig
internal import GateModel
internal import NIOCore
internal import NIOPosix
internal import TLS

/// Delivers mails to the configured mail server, one connection each.
struct SMTPTransport: MailTransport {
    private let account: MailAccount
    private let tls: TLSClientContext
    private let group: any EventLoopGroup
    private let time: any TimeSource
    private let deadlines: SMTPDeadlines
    /// Whether only the way to the server is tried: no mail leaves.
    private let endsAfterLogin: Bool

    /// Reads the trusted authorities from `caFile`, a PEM file, or else from the system.
    ///
    /// - Throws: `Fault` when the file cannot be used.
    init(
        account: MailAccount, caFile: String?, group: any EventLoopGroup, time: any TimeSource,
        deadlines: SMTPDeadlines = SMTPDeadlines(), endsAfterLogin: Bool = false
    ) throws(Fault) {
        self.account = account
        self.group = group
        self.time = time
        self.deadlines = deadlines
        self.endsAfterLogin = endsAfterLogin
        do {
            self.tls = try TLSClientContext(authorities: caFile.map { .file(path: $0) } ?? .system)
        } catch {
            throw error.fault
        }
    }

    func deliver(_ mail: ComposedMail) async -> DeliveryRecord {
        let attempt = SMTPAttempt(result: group.next().makePromise())
        return await withTaskCancellationHandler {
            connect(mail, attempt)
            return await attempt.record()
        } onCancel: {
            attempt.interrupt()
        }
    }

    private func connect(_ mail: ComposedMail, _ attempt: SMTPAttempt) {
        var transcript = SMTPTranscript(
            hiding: mail.secrets + (credentials.map(SMTPCommand.spellings) ?? []))
        transcript.note("connecting to \(account.host) port \(account.port)")
        let bootstrap = ClientBootstrap(group: attempt.eventLoop)
            .connectTimeout(deadlines.connect)
            // The greeting may come before the handlers are there: nothing is read until then.
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.init(rawValue: SO_KEEPALIVE)), value: 1)
        bootstrap.connect(host: account.host, port: account.port).whenComplete { [transcript] result in
            switch result {
            case .success(let channel):
                start(on: channel, mail, attempt, transcript)
            case .failure(let error):
                let failure = ConnectFailure.failure(error, host: account.host, port: account.port)
                attempt.finish(DeliveryRecord(.failure(failure), transcript: transcript))
            }
        }
    }

    /// Called on the channel's event loop, before anything was read.
    private func start(
        on channel: any Channel, _ mail: ComposedMail, _ attempt: SMTPAttempt, _ transcript: SMTPTranscript
    ) {
        guard attempt.connected(channel) else {
            channel.close(promise: nil)
            return
        }
        let isLoopback = channel.remoteAddress.flatMap(Self.ipAddress)?.isLoopback ?? false
        let envelope = SMTPEnvelope(
            host: account.host, security: account.security, credentials: credentials,
            helloName: Self.literal(channel.localAddress.flatMap(Self.ipAddress)), isPeerLoopback: isLoopback,
            sender: mail.sender, recipient: mail.recipient, messageBytes: mail.message.count,
            endsAfterLogin: endsAfterLogin)
        let handler = SMTPHandler(
            conversation: SMTPConversation(envelope), host: account.host, message: mail.message,
            transcript: transcript, deadlines: deadlines, result: attempt.result,
            isExpired: { [time] in time.now().unixSeconds >= mail.expiresUnixSeconds },
            makeTLSHandler: { [tls, account] in TLSClientHandler(context: tls, serverName: account.host) })
        do {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(handler)
            if account.security == .implicit {
                try pipeline.addHandler(
                    TLSClientHandler(context: tls, serverName: account.host), position: .before(handler))
            }
            channel.setOption(.autoRead, value: true).whenFailure { _ in channel.close(promise: nil) }
        } catch {
            let failure = SMTPFailure.closed(.greeting, host: account.host)
            attempt.finish(DeliveryRecord(.failure(failure), transcript: transcript))
        }
    }

    private var credentials: SMTPEnvelope.Credentials? {
        guard let user = account.user, let password = account.password else { return nil }
        return SMTPEnvelope.Credentials(user: user, password: password)
    }

    private static func ipAddress(_ address: SocketAddress) -> IPAddress? {
        address.ipAddress.flatMap { try? IPAddress($0) }
    }

    /// An address literal (RFC 5321 §4.1.3).
    private static func literal(_ address: IPAddress?) -> String {
        guard let address else { return "[127.0.0.1]" }
        return address.isIPv4 ? "[\(address)]" : "[IPv6:\(address)]"
    }
}
