internal import GateModel
internal import TLS

/// What is said of a failure: the problem with what the server said, and what to do next.
extension SMTPFailure {
    var problem: String {
        switch self {
        case .nameNotFound(let host): "The name of the mail server, \(host), is not found"
        case .connectionRefused(let host, let port): "\(host) refuses connections on port \(port)"
        case .unreachable(let host, let port, let reason): "\(host) port \(port) cannot be reached: \(reason)"
        case .timedOut(let step, let host): "\(host) did not answer in time at \(step.rawValue)"
        case .closed(let step, let host): "\(host) closed the connection at \(step.rawValue)"
        case .expired: "The link expired before the mail server was ready for the mail"
        case .interrupted: "The attempt was interrupted because Runegate is stopping"
        case .tls(let error): error.fault.problem
        case .startTLSNotOffered(let host): "\(host) does not offer STARTTLS; nothing was sent"
        case .plainTextToElsewhere(let host):
            "\(host) is another machine, and TLS is switched off; nothing was sent"
        case .noMechanism(let host, let offered):
            "\(host) offers no way to sign in that Runegate has (PLAIN, LOGIN), but "
                + (offered.isEmpty ? "none" : offered.joined(separator: ", "))
        case .credentialsRefused(let user, let reply):
            "The mail server refuses user or password (\(user)): \(reply)"
        case .credentialsMissing(let reply): "The mail server wants a user and a password: \(reply)"
        case .tooLarge(let bytes, let maximum): "The mail has \(bytes) bytes, the server takes \(maximum)"
        case .busy(let step, let reply): "The mail server says \"later\" to \(step.rawValue): \(reply)"
        case .refused(let step, let reply): "The mail server refuses \(step.rawValue): \(reply)"
        case .recipientRefused(let reply): "The mail server refuses the recipient: \(reply)"
        case .mailRefused(let reply): "The mail server refuses the mail: \(reply)"
        case .notSMTP(let line): "What the server says is not SMTP: \(line)"
        case .replyTooLarge: "The server's reply is longer than any reply should be"
        }
    }

    var remedy: String {
        switch self {
        case .nameNotFound: "Check smtp_host in email.toml, and this machine's DNS with `getent hosts`."
        case .connectionRefused:
            "Check smtp_host and smtp_port in email.toml (587 for STARTTLS, 465 for TLS from the start)."
        case .unreachable, .timedOut:
            "Check smtp_port in email.toml; many hosting providers block mail ports until you ask them."
        case .closed: "Look into the mail server's log; it may not like this machine's address."
        case .expired: "Find out why the server is so slow, or set a longer RUNEGATE_MAGIC_LINK_EXPIRY."
        case .interrupted: "Nothing: it is tried again."
        case .tls(let error): error.fault.remedy
        case .startTLSNotOffered:
            "Use port 465 with TLS from the start, or switch STARTTLS on at the server. If it did offer it "
                + "before, somebody between may be taking it out."
        case .plainTextToElsewhere:
            "Use port 587 (STARTTLS) or 465; plain text is only for a server on this machine."
        case .noMechanism: "Switch PLAIN or LOGIN on at the server; they are safe inside TLS."
        case .credentialsRefused:
            "Check smtp_user and smtp_pass in email.toml; many providers want an app password here."
        case .credentialsMissing: "Set smtp_user and smtp_pass in email.toml."
        case .tooLarge: "Use a shorter mail template."
        case .busy:
            "Nothing: it is tried again until the link expires. If it lasts, ask the server's operator."
        case .refused(.sender, _):
            "Check from_address in email.toml: the account must be allowed to send as it."
        case .refused: "Ask the server's operator, with this reply in hand."
        case .recipientRefused: "Check the address. If it is right, ask the server's operator."
        case .mailRefused: "The server takes it for spam or forbids its content: ask its operator."
        case .notSMTP: "Check smtp_port in email.toml: 587 starts in plain text, 465 starts with TLS."
        case .replyTooLarge: "Check smtp_host in email.toml."
        }
    }
}
