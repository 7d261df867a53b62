package import GateModel

/// Who may sign in: a closed list of addresses and whole domains.
package struct AccessPolicy: Hashable, Sendable {
    package var emails: Set<EmailAddress>
    /// Equal names only: `example.com` does not allow `mail.example.com`.
    package var domains: Set<DomainName>
    package var allowsAnyone: Bool

    package init(emails: Set<EmailAddress> = [], domains: Set<DomainName> = [], allowsAnyone: Bool = false) {
        self.emails = emails
        self.domains = domains
        self.allowsAnyone = allowsAnyone
    }

    package func allows(_ email: EmailAddress) -> Bool {
        allowsAnyone || emails.contains(email) || domains.contains(email.domain)
    }
}
