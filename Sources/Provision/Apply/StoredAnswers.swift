import GateConfig
package import GateModel

/// The answers for the VPS as they stand in the state file; whoever reads them checks them again.
package struct StoredVPSAnswers: Codable, Hashable, Sendable {
    var domain: String
    var endpoint: String
    var wireGuardPort: UInt16
    var ratholePort: UInt16
    var tunnelNetwork: String
    var appPort: UInt16
    var allowedEmails: [String]
    var allowedDomains: [String]
    var allowsAnyEmail: Bool
    var mail: StoredMailAnswers?
    var contact: String?
    var brandName: String?
    var ratholeProgram: String?
    var listensOnIPv6: Bool
    var isDefaultSite: Bool
    var mtu: Int

    package init(_ answers: VPSAnswers) {
        self.domain = answers.domain.ascii
        self.endpoint = answers.endpoint.text
        self.wireGuardPort = answers.ports.wireGuard.number
        self.ratholePort = answers.ports.rathole.number
        self.tunnelNetwork = answers.tunnel.description
        self.appPort = answers.appPort.number
        self.allowedEmails = answers.allowedEmails.map(\.description)
        self.allowedDomains = answers.allowedDomains.map(\.ascii)
        self.allowsAnyEmail = answers.allowsAnyEmail
        self.mail = answers.mail.map(StoredMailAnswers.init)
        self.contact = answers.contact?.description
        self.brandName = answers.brandName?.text
        self.ratholeProgram = answers.ratholeProgram?.text
        self.listensOnIPv6 = answers.listensOnIPv6
        self.isDefaultSite = answers.isDefaultSite
        self.mtu = answers.mtu.bytes
    }

    /// The answers, checked.
    package func answers() throws(Fault) -> VPSAnswers {
        do throws(Malformed) {
            var answers = VPSAnswers(
                domain: try DomainName(domain),
                allowedEmails: try allowedEmails.map { text throws(Malformed) in try EmailAddress(text) })
            answers.endpoint = try PublicHost(endpoint)
            answers.ports = TunnelPorts(
                wireGuard: try Port(String(wireGuardPort)), rathole: try Port(String(ratholePort)))
            answers.tunnel = try TunnelNetwork(tunnelNetwork)
            answers.appPort = try Port(String(appPort))
            answers.allowedDomains = try allowedDomains.map { text throws(Malformed) in try DomainName(text) }
            answers.allowsAnyEmail = allowsAnyEmail
            if let mail { answers.mail = try mail.answers() }
            if let contact { answers.contact = try EmailAddress(contact) }
            if let brandName { answers.brandName = try PlainText(brandName) }
            if let ratholeProgram { answers.ratholeProgram = try ProgramPath(ratholeProgram) }
            answers.listensOnIPv6 = listensOnIPv6
            answers.isDefaultSite = isDefaultSite
            answers.mtu = try MTU(String(mtu))
            return answers
        } catch {
            throw .damagedState
        }
    }
}

/// The mail server as it stands in the state file.
struct StoredMailAnswers: Codable, Hashable, Sendable {
    var host: String
    var port: UInt16
    var security: String
    var user: String?
    var password: StoredSecret?
    var senderName: String?
    var sender: String
    var subject: String?
    var authorityFile: String?

    init(_ answers: MailAnswers) {
        self.host = answers.host.text
        self.port = answers.port.number
        self.security = answers.security.rawValue
        self.user = answers.login?.user.text
        self.password = answers.login.map { StoredSecret($0.password) }
        self.senderName = answers.senderName?.text
        self.sender = answers.sender.description
        self.subject = answers.subject?.text
        self.authorityFile = answers.authorityFile?.text
    }

    func answers() throws(Malformed) -> MailAnswers {
        guard let security = MailAccount.Security(rawValue: security) else {
            throw Malformed(expected: "starttls, implicit or none")
        }
        var answers = MailAnswers(
            host: try PublicHost(host), port: try Port(String(port)), security: security,
            sender: try EmailAddress(sender))
        if let user, let password {
            answers.login = .init(user: try PlainText(user), password: password.secret)
        }
        if let senderName { answers.senderName = try PlainText(senderName) }
        if let subject { answers.subject = try PlainText(subject) }
        if let authorityFile { answers.authorityFile = try ProgramPath(authorityFile) }
        return answers
    }
}
