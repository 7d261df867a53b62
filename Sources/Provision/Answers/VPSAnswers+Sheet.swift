import GateConfig
import GateModel

extension VPSAnswers {
    /// Reads what was answered; what was not stays as it was at the last run, or is the default.
    package static func read(_ sheet: AnswerSheet, previous: VPSAnswers?) throws(AnswerProblems) -> VPSAnswers
    {
        var reader = AnswerReader(sheet)
        let domain = reader.value(.domain) { text throws(Malformed) in try Self.siteName(text) }
        if domain == nil, previous == nil, !sheet.has(.domain) {
            reader.complain(
                .domain, text: nil, expected: "the name that visitors type, such as app.example.com")
        }
        // Without a name the rest is read all the same, so that everything that is wrong is told at once.
        guard let name = domain ?? previous?.domain ?? (try? DomainName("unknown.invalid")) else {
            throw AnswerProblems(reader.problems)
        }
        var answers = previous ?? VPSAnswers(domain: name, allowedEmails: [])
        // An endpoint that only repeated the old name moves with it.
        if let previous, previous.endpoint == PublicHost(previous.domain) {
            answers.endpoint = PublicHost(name)
        }
        answers.domain = name
        answers.readTunnels(&reader)
        answers.readPolicy(&reader)
        answers.readAppearance(&reader)
        answers.mail = MailAnswers.read(&reader, previous: previous?.mail, domain: name)
        guard reader.problems.isEmpty else { throw AnswerProblems(reader.problems) }
        return answers
    }

    /// A certificate authority issues for names with a dot only.
    private static func siteName(_ text: String) throws(Malformed) -> DomainName {
        let name = try DomainName(text)
        guard name.isQualified, (try? IPAddress(text)) == nil else {
            throw Malformed(expected: "a full domain name, such as app.example.com")
        }
        return name
    }

    private mutating func readTunnels(_ reader: inout AnswerReader) {
        endpoint = reader.value(.endpoint) { text throws(Malformed) in try PublicHost(text) } ?? endpoint
        ports.wireGuard = reader.port(.wireGuardPort) ?? ports.wireGuard
        ports.rathole = reader.port(.ratholePort) ?? ports.rathole
        appPort = reader.port(.appPort) ?? appPort
        tunnel = reader.value(.tunnelNetwork) { text throws(Malformed) in try TunnelNetwork(text) } ?? tunnel
        mtu = reader.value(.mtu) { text throws(Malformed) in try MTU(text) } ?? mtu
        ratholeProgram =
            reader.value(.rathole) { text throws(Malformed) in try ProgramPath(text) } ?? ratholeProgram
        let number = ports.rathole.number
        // Its service has no capability, so it cannot have a port that is root's.
        if number < 1024 || [LocalPort.gateway.number, LocalPort.rathole.number].contains(number) {
            reader.complain(
                .ratholePort, text: String(number),
                expected: "a port above 1023 that nothing else here uses, such as 2333")
        }
    }

    private mutating func readPolicy(_ reader: inout AnswerReader) {
        allowedEmails =
            reader.values(.allow) { text throws(Malformed) in try EmailAddress(text) } ?? allowedEmails
        allowedDomains =
            reader.values(.allowDomain) { text throws(Malformed) in try DomainName(text) } ?? allowedDomains
        allowsAnyEmail = reader.flag(.allowAny) ?? allowsAnyEmail
        if allowedEmails.isEmpty, allowedDomains.isEmpty, !allowsAnyEmail, !reader.sheet.has(.allow) {
            reader.complain(.allow, text: nil, expected: "the address of somebody who may sign in")
        }
    }

    private mutating func readAppearance(_ reader: inout AnswerReader) {
        contact = reader.value(.contact) { text throws(Malformed) in try EmailAddress(text) } ?? contact
        brandName = reader.value(.brandName) { text throws(Malformed) in try PlainText(text) } ?? brandName
        isDefaultSite = reader.flag(.isDefaultSite) ?? isDefaultSite
    }
}

extension AnswerReader {
    mutating func port(_ key: AnswerKey) -> Port? {
        value(key) { text throws(Malformed) in try Port(text) }
    }
}

extension MailAnswers {
    /// The mail server; nil when there is none (an empty host takes it away).
    fileprivate static func read(
        _ reader: inout AnswerReader, previous: MailAnswers?, domain: DomainName
    ) -> MailAnswers? {
        if let host = reader.sheet[.smtpHost], host.texts == [""] || host.texts == ["none"] { return nil }
        let given = reader.value(.smtpHost) { text throws(Malformed) in try PublicHost(text) }
        // A host that is wrong has been told; the rest is read with another, so that it is told, too.
        let stand = reader.sheet.has(.smtpHost) ? PublicHost(domain) : nil
        guard let host = given ?? previous?.host ?? stand else {
            if let key = [AnswerKey.smtpUser, .mailFrom].first(where: reader.sheet.has) {
                reader.complain(
                    .smtpHost, text: nil, expected: "the mail server, since \(key.flag) is given")
            }
            return nil
        }
        let port = reader.port(.smtpPort) ?? previous?.port ?? Port(known: 587)
        let security =
            reader.value(.smtpSecurity) { text throws(Malformed) in
                guard let security = MailAccount.Security(rawValue: text) else {
                    throw Malformed(expected: "starttls, implicit or none")
                }
                return security
            } ?? previous?.security ?? (port.number == 465 ? .implicit : .startTLS)
        let login = login(&reader, previous: previous?.login)
        let sender = reader.value(.mailFrom) { text throws(Malformed) in try EmailAddress(text) }
        guard
            let from = sender ?? previous?.sender ?? login.flatMap({ try? EmailAddress($0.user.text) })
                ?? (try? EmailAddress("runegate@\(domain)"))
        else { return nil }
        var mail = MailAnswers(host: host, port: port, security: security, sender: from)
        mail.login = login
        mail.senderName =
            reader.value(.mailSenderName) { text throws(Malformed) in try PlainText(text) }
            ?? previous?.senderName
        mail.subject =
            reader.value(.mailSubject) { text throws(Malformed) in try PlainText(text) } ?? previous?.subject
        mail.authorityFile =
            reader.value(.smtpCAFile) { text throws(Malformed) in try ProgramPath(text) }
            ?? previous?.authorityFile
        return mail
    }

    private static func login(_ reader: inout AnswerReader, previous: Login?) -> Login? {
        guard
            let user = reader.value(.smtpUser, { text throws(Malformed) in try PlainText(text) })
                ?? previous?.user
        else { return nil }
        let given = reader.value(.smtpPassword) { text throws(Malformed) in
            guard !text.isEmpty, !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
                throw Malformed(expected: "a password in one line")
            }
            return Secret(text: text)
        }
        guard let password = given ?? (user == previous?.user ? previous?.password : nil) else {
            if !reader.sheet.has(.smtpPassword) {
                reader.complain(
                    .smtpPassword, text: nil,
                    expected:
                        "a file with the password of \(user), which can also be typed at a terminal")
            }
            return nil
        }
        return Login(user: user, password: password)
    }
}
