/// The keys of `email.toml`.
enum MailAccountKey: String, CaseIterable {
    case host = "smtp_host"
    case port = "smtp_port"
    case security = "smtp_security"
    case user = "smtp_user"
    case password = "smtp_pass"
    case fromAddress = "from_address"
    case subject
    case bodyTemplate = "body_template"

    /// What the key means, for the sample and the reference.
    var summary: String {
        switch self {
        case .host: "The mail server."
        case .port: "587 if nothing is set."
        case .security:
            "starttls, implicit (TLS from the first byte: the default on port 465) or none (a server on this machine)."
        case .user: "Leave user and password out for a server that asks for none."
        case .password: "Hence mode 0600 for this file."
        case .fromAddress: "Who the mail is from; a name may stand in front: Gate <gate@example.com>."
        case .subject: "One line."
        case .bodyTemplate:
            "The text part, with {login_url}, {expiry_minutes} and {code}; built in if nothing is set."
        }
    }

    /// The value in the sample, in TOML.
    var example: String {
        switch self {
        case .host: "\"smtp.example.com\""
        case .port: "587"
        case .security: "\"starttls\""
        case .user: "\"gate@example.com\""
        case .password: "\"the password of that account\""
        case .fromAddress: "\"Gate <gate@example.com>\""
        case .subject: "\"Your sign-in link\""
        case .bodyTemplate:
            """
            \"""
            Hello,

            open this link within {expiry_minutes} minutes to sign in:

            {login_url}

            or type this code where you asked for it: {code}
            \"""
            """
        }
    }

    /// Whether the sample leaves it to be uncommented.
    var isOptional: Bool {
        switch self {
        case .host, .fromAddress, .user, .password: false
        case .port, .security, .subject, .bodyTemplate: true
        }
    }
}
