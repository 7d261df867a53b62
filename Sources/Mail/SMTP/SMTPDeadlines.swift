internal import NIOCore

/// How long each part of a conversation may take, from its start to its complete end: a server that drips
/// bytes gains nothing.
struct SMTPDeadlines: Sendable, Equatable {
    var connect: TimeAmount = .seconds(15)
    var handshake: TimeAmount = .seconds(20)
    /// A reply.
    ///
    /// RFC 5321 §4.5.3.2 has 5 minutes, but a link lives 15; servers that make strangers wait for the
    /// greeting do so for well under a minute.
    var reply: TimeAmount = .seconds(60)
    /// The reply to the mail itself, which servers scan before they take it (RFC 5321 §4.5.3.2.6).
    var acceptance: TimeAmount = .minutes(5)
    /// The same, when Runegate is stopping: a mail that the server has taken shall not be sent twice.
    var acceptanceWhileStopping: TimeAmount = .seconds(10)
    /// The reply to QUIT, which nobody needs.
    var quit: TimeAmount = .seconds(5)

    func limit(of step: SMTPFailure.Step) -> TimeAmount {
        switch step {
        case .handshake: handshake
        case .acceptance: acceptance
        case .quit: quit
        case .greeting, .hello, .startTLS, .authentication, .sender, .recipient, .data: reply
        }
    }
}
