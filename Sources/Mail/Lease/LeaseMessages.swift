/// What `serve`, which has the queue, says over the lease socket.
///
/// The first line of a connection says what it is for: `work` or `test`.
enum QueueMessage: Codable, Sendable, Equatable {
    /// Ask for mails on this connection.
    case work
    /// Send a test mail there and say how it went; the only exchange on its connection.
    case test(recipient: String)
    /// The answer to `lease`: a mail, which is the mailer's until it reports or the connection dies.
    case job(MailJob)
    /// The other answer to `lease`: nothing is due.
    case nothing
    /// The answer to `wait`: a mail may be due.
    case due
}

/// What the mailer says over the lease socket.
enum MailerMessage: Codable, Sendable, Equatable {
    /// Give me a mail.
    case lease
    /// Tell me when a mail may be due.
    case wait
    /// What became of a leased mail.
    case report(id: String, outcome: MailOutcome)
    /// The answer to `test`.
    case tested(MailTestReport)
}

/// What ends a lease connection.
enum LeaseError: Error, Equatable, CustomStringConvertible {
    case lineTooLong
    /// A line that is no message.
    case unreadable
    /// A message where none of its kind belongs.
    case outOfPlace
    /// A report on a mail that was not leased on this connection.
    case notLeased
    /// The other end is silent.
    case timedOut

    var description: String {
        switch self {
        case .lineTooLong: "a line on the lease socket is longer than \(JSONLine.maximumBytes) bytes"
        case .unreadable: "a line on the lease socket is no message"
        case .outOfPlace: "a message on the lease socket is out of place"
        case .notLeased: "a report on the lease socket is for a mail that was not leased there"
        case .timedOut: "the other end of the lease socket is silent"
        }
    }
}
