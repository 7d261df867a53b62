import GateModel

// How mail leaves: the transport and, for SMTP, the account in `email.toml`.

extension SettingsReader {
    mutating func mail(_ environment: Settings.Environment, stateDirectory: String) -> MailSettings {
        let mailer = value(Keys.mailer)
        let file = MailAccountFile.find(sources, isProduction: environment == .production)
        warnings += file.warnings
        let transport = transport(
            environment, stateDirectory: stateDirectory, hasAccount: file.source != .absent)
        let reads = sources.reader != .serve || mailer == .inline
        return MailSettings(
            transport: transport, mailer: mailer, caFile: existing(Keys.smtpCAFile),
            templatesDirectory: existing(Keys.mailTemplates),
            account: transport == .smtp && reads
                ? account(file, isProduction: environment == .production) : nil)
    }

    private mutating func transport(
        _ environment: Settings.Environment, stateDirectory: String, hasAccount: Bool
    ) -> MailSettings.Transport {
        if let transport = value(Keys.mailTransport) { return transport }
        let name = Keys.mailTransport.definition.name
        if environment == .production || hasAccount {
            computed[name] = "smtp"
            return .smtp
        }
        computed[name] = "outbox:\(stateDirectory)/outbox"
        return .outbox(directory: "\(stateDirectory)/outbox")
    }

    private mutating func account(_ file: MailAccountFile, isProduction: Bool) -> MailAccount? {
        switch file.source {
        case .absent:
            errors.append(
                ConfigError(
                    place: .nowhere, key: "email.toml", found: .nothing,
                    expected: "the systemd credential email.toml, or \(sources.directory)/config/email.toml; "
                        + "or set RUNEGATE_MAIL_TRANSPORT to outbox:DIRECTORY or none"))
            return nil
        case .unreadable(let path, let reason):
            // A check by hand may not see what the service sees.
            if sources.reader == .check {
                warnings.append(
                    ConfigWarning(
                        place: .file(path: path, line: 0, column: 0), text: "not checked: \(reason)"))
            } else {
                errors.append(RawSettings.unreadable(path, reason: reason))
            }
            return nil
        case .text(let text, let place, let mode):
            // Whatever the service manager passed was its own to guard.
            if let mode, mode & 0o077 != 0 { reportReadable(place, isProduction: isProduction) }
            var reader = MailAccountReader(text: text, path: place)
            let account = reader.account()
            errors += reader.errors
            return account
        }
    }

    private mutating func reportReadable(_ path: String, isProduction: Bool) {
        let place = ConfigError.Place.file(path: path, line: 0, column: 0)
        if isProduction {
            errors.append(
                ConfigError(
                    place: place, key: "the file", found: .text("readable by others"),
                    expected: "mode 0600, for the password in it. Run: chmod 600 \(path)"))
        } else {
            warnings.append(
                ConfigWarning(
                    place: place, text: "the password in it can be read by others. Run: chmod 600 \(path)"))
        }
    }
}
