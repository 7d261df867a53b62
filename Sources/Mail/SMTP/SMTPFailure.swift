internal import GateModel
internal import TLS

/// Why a mail did not leave, told apart for the queue and for the owner.
enum SMTPFailure: Error, Sendable, Equatable {
    /// What the conversation was about when it failed.
    enum Step: String, Sendable {
        case greeting = "the greeting"
        case hello = "EHLO"
        case startTLS = "STARTTLS"
        case handshake = "the TLS handshake"
        case authentication = "AUTH"
        case sender = "MAIL FROM"
        case recipient = "RCPT TO"
        case data = "DATA"
        case acceptance = "the mail itself"
        case quit = "QUIT"
    }

    case nameNotFound(host: String)
    case connectionRefused(host: String, port: Int)
    case unreachable(host: String, port: Int, reason: String)
    case timedOut(Step, host: String)
    case closed(Step, host: String)
    /// The link in the mail stopped working while the server took its time.
    case expired
    /// The attempt was given up on this side.
    case interrupted
    case tls(TLSError)
    /// The server cannot do STARTTLS, or somebody on the way took the offer out.
    case startTLSNotOffered(host: String)
    case plainTextToElsewhere(host: String)
    /// No mechanism of AUTH in common.
    case noMechanism(host: String, offered: [String])
    /// 5xx to AUTH: user or password is wrong.
    case credentialsRefused(user: String, reply: String)
    /// The server wants a sign-in and there is nothing to sign in with.
    case credentialsMissing(reply: String)
    case tooLarge(bytes: Int, maximumBytes: Int)
    /// 4xx at any step.
    case busy(Step, reply: String)
    /// 5xx to a step that is not the recipient's fault.
    case refused(Step, reply: String)
    case recipientRefused(reply: String)
    case mailRefused(reply: String)
    case notSMTP(line: String)
    case replyTooLarge

    /// What the queue does about it.
    var outcome: MailOutcome {
        switch self {
        case .recipientRefused: .refused(.recipient, detail: problem)
        case .mailRefused, .tooLarge: .refused(.message, detail: problem)
        case .expired: .refused(.expired, detail: problem)
        case .nameNotFound, .connectionRefused, .unreachable, .timedOut, .closed:
            .deferred(.unreachable, detail: problem)
        case .interrupted: .deferred(.interrupted, detail: problem)
        case .tls, .startTLSNotOffered, .plainTextToElsewhere: .deferred(.tls, detail: problem)
        case .noMechanism, .credentialsRefused, .credentialsMissing, .refused(.sender, _):
            .deferred(.account, detail: problem)
        case .busy, .refused: .deferred(.serverBusy, detail: problem)
        case .notSMTP, .replyTooLarge: .deferred(.protocolViolation, detail: problem)
        }
    }
}
