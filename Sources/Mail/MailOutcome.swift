/// How one attempt to deliver a mail ended.
///
/// Text in it holds no secret and may be logged and kept.
package enum MailOutcome: Hashable, Sendable, Codable {
    /// The mail server, or the outbox, took the mail.
    case sent(reply: String)
    /// Not now: the queue tries again until the link expires.
    case deferred(Deferral, detail: String)
    /// Never: the queue drops the mail.
    case refused(Refusal, detail: String)

    /// Why a mail waits.
    package enum Deferral: String, Sendable, Codable {
        /// The server answered 4xx: try later.
        case serverBusy
        /// No connection, no answer in time, or the connection broke.
        case unreachable
        /// No verified TLS: certificate, name, version, or STARTTLS not offered.
        case tls
        /// The server refuses our account or sender address: only the owner can mend that, and may do so
        /// while the mail waits.
        case account
        /// What the server says is no SMTP, or breaks it.
        case protocolViolation
        /// The attempt was cut short on this side (the mailer stopped or died): try again at once, and do
        /// not count it as a failure.
        case interrupted
    }

    /// Why a mail is dropped.
    package enum Refusal: String, Sendable, Codable {
        /// The server answered 5xx to the recipient.
        case recipient
        /// The server answered 5xx to the mail itself, or it is larger than the server takes.
        case message
        /// The link expired before the mail could leave.
        case expired
        /// The mail could not be written: its template or link is not usable.
        case unwritable
    }
}
