import GateModel

/// `runegate.env`: what the gateway and the mailer are told; no secret is in it.
enum RunegateEnvironment {
    static func render(_ answers: VPSAnswers) -> ConfigText {
        """
        # Written by `runegate provision vps`, and again at each run. Settings that do not stand here are yours to
        # set in /etc/runegate/runegate.toml; `runegate check` says what counts.
        \(line("RUNEGATE_ENV", "production"))\
        \(line("RUNEGATE_BASE_URL", "https://\(answers.domain)"))
        # The app, by WireGuard\(answers.ratholeProgram == nil ? "" : " and by Rathole").
        \(targets(answers))
        # Who may sign in.
        \(policy(answers))
        \(mail(answers))\
        \(answers.brandName.map { "\n# What pages and mails are headed with.\n" + line("RUNEGATE_BRAND_NAME", $0.text) } ?? "")
        \(line("RUNEGATE_LOG_FORMAT", "journald"))
        """
    }

    private static func targets(_ answers: VPSAnswers) -> ConfigText {
        var lines = [
            line("RUNEGATE_WIREGUARD_TARGET", "http://\(answers.tunnel.aibox):\(answers.appPort)"),
            line("RUNEGATE_WIREGUARD_INTERFACE", "wg0"),
        ]
        if answers.ratholeProgram != nil {
            lines.append(line("RUNEGATE_RATHOLE_TARGET", "http://127.0.0.1:\(LocalPort.rathole)"))
        }
        return lines.joined()
    }

    private static func policy(_ answers: VPSAnswers) -> ConfigText {
        var lines: [ConfigText] = []
        if !answers.allowedEmails.isEmpty {
            lines.append(line("RUNEGATE_ALLOWED_EMAILS", list(answers.allowedEmails)))
        }
        if !answers.allowedDomains.isEmpty {
            lines.append(line("RUNEGATE_ALLOWED_DOMAINS", list(answers.allowedDomains)))
        }
        if answers.allowsAnyEmail { lines.append(line("RUNEGATE_ALLOW_ANY_EMAIL", "true")) }
        return lines.joined()
    }

    private static func mail(_ answers: VPSAnswers) -> ConfigText {
        guard let mail = answers.mail else {
            return """
                # No mail server: links come from `runegate login-link`.
                \(line("RUNEGATE_MAIL_TRANSPORT", "none"))
                """
        }
        let authorities = mail.authorityFile.map { line("RUNEGATE_SMTP_CA_FILE", $0.text) } ?? ""
        return """
            # The mail server is in \(ConfigText(quoted: Paths.mailAccount)).
            \(line("RUNEGATE_MAIL_TRANSPORT", "smtp"))\(authorities)
            """
    }

    /// Neither an address nor a domain holds a comma.
    private static func list(_ values: [some CustomStringConvertible]) -> String {
        values.map(\.description).joined(separator: ",")
    }

    private static func line(_ name: ConfigText, _ value: String) -> ConfigText {
        EnvironmentText.line(name, value)
    }
}
