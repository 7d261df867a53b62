package import GateModel

/// What the owner has decided about the VPS: checked, and without secrets but the mail password.
package struct VPSAnswers: Hashable, Sendable {
    /// The name that visitors type.
    package var domain: DomainName
    /// Where the aibox finds this machine; the domain unless said otherwise.
    package var endpoint: PublicHost
    package var ports = TunnelPorts()
    package var tunnel = TunnelNetwork.standard
    /// Where the app listens on the aibox.
    package var appPort = Port(known: 7860)
    /// Who may sign in, in the order given.
    package var allowedEmails: [EmailAddress]
    package var allowedDomains: [DomainName] = []
    package var allowsAnyEmail = false
    /// Nil: no mail is sent, links come from `runegate login-link`.
    package var mail: MailAnswers?
    /// Who hears from the certificate authority; nil: nobody.
    package var contact: EmailAddress?
    /// What pages and mails are headed with; nil: Runegate.
    package var brandName: PlainText?
    /// The `rathole` program, absolute; nil: there is none, and no fallback path.
    package var ratholeProgram: ProgramPath?
    /// Whether nginx and Rathole listen on IPv6 too; false where the kernel has none.
    package var listensOnIPv6 = true
    /// Whether our nginx site answers (by hanging up) for hosts that no other site names.
    package var isDefaultSite = true
    /// What the interface takes in bytes; 1280 to 1500.
    package var mtu = MTU.standard

    package init(domain: DomainName, allowedEmails: [EmailAddress]) {
        self.domain = domain
        self.endpoint = PublicHost(domain)
        self.allowedEmails = allowedEmails
    }
}
