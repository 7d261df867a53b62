package import GateConfig
package import GateModel

/// The mail server that sign-in links leave through.
package struct MailAnswers: Hashable, Sendable {
    /// A name or an address.
    package var host: PublicHost
    package var port: Port
    package var security: MailAccount.Security
    /// User and password belong together; nil: the server asks for none.
    package var login: Login?
    /// The display name of the sender; nil: the address alone.
    package var senderName: PlainText?
    package var sender: EmailAddress
    /// Nil: the built-in one.
    package var subject: PlainText?
    /// PEM file of the authorities that the server's certificate may come from; nil: the system's.
    package var authorityFile: ProgramPath?

    package struct Login: Hashable, Sendable {
        package var user: PlainText
        package var password: Secret

        package init(user: PlainText, password: Secret) {
            self.user = user
            self.password = password
        }
    }

    package init(host: PublicHost, port: Port, security: MailAccount.Security, sender: EmailAddress) {
        self.host = host
        self.port = port
        self.security = security
        self.sender = sender
    }
}
