import GateConfig
import GateModel

/// `email.toml`: the mail server and its password.
enum MailAccountFile {
    static func render(_ mail: MailAnswers) -> ConfigText {
        var lines: [ConfigText] = [
            "smtp_host = \(TOMLText.string(mail.host.text))",
            "smtp_port = \(mail.port)",
            "smtp_security = \(TOMLText.string(mail.security.rawValue))",
        ]
        if let login = mail.login {
            lines.append("smtp_user = \(TOMLText.string(login.user.text))")
            lines.append("smtp_pass = \(TOMLText.string(login.password.text))")
        }
        lines.append("from_address = \(TOMLText.string(sender(mail)))")
        if let subject = mail.subject { lines.append("subject = \(TOMLText.string(subject.text))") }
        return """
            # Written by `runegate provision vps`. Only root reads it; systemd hands it to the mailer alone.
            \(lines.joined(separator: "\n"))

            """
    }

    /// `Name <address>`; a name that stands in quotes of its own gets a second pair, for one pair is taken off.
    private static func sender(_ mail: MailAnswers) -> String {
        guard let name = mail.senderName?.text else { return mail.sender.description }
        let isQuoted = name.count >= 2 && name.hasPrefix("\"") && name.hasSuffix("\"")
        return "\(isQuoted ? "\"\(name)\"" : name) <\(mail.sender)>"
    }
}
