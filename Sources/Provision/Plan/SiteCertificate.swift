package import GateModel

/// The certificate of the site, which is made on the machine and not rendered.
///
/// One file holds the key and the chain, so that a renewal replaces both at once. Before the first certificate has
/// been issued it holds a self-signed one, for nginx does not start without.
package struct SiteCertificate: Sendable, Hashable {
    /// The key and the chain in PEM, root 0600.
    package static let path = "/etc/runegate/tls/site.pem"
    /// What certbot puts its answers to the authority into, and nginx serves on port 80.
    package static let challengeDirectory = "/var/lib/runegate-acme"
    /// Run with `RENEWED_LINEAGE` set to certbot's directory: puts key and chain at ``path`` and reloads nginx.
    package static let installHook = "/etc/letsencrypt/renewal-hooks/deploy/runegate"

    package let domain: DomainName
    /// Who hears from the authority; nil: nobody.
    package let contact: EmailAddress?

    package init(domain: DomainName, contact: EmailAddress?) {
        self.domain = domain
        self.contact = contact
    }

    /// Prints a self-signed certificate and its key, in one PEM text, to standard output.
    ///
    /// Ten years, since nobody trusts it anyway and an expired one would only be a second problem.
    package var selfSigned: [String] {
        [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "3650", "-subj", "/CN=runegate", "-addext", "subjectAltName=DNS:\(domain)",
            "-keyout", "/dev/stdout", "-out", "/dev/stdout",
        ]
    }

    /// Asks the authority for a certificate and puts it in place, or leaves the one that still lasts.
    ///
    /// The hook is named although it lies in the directory of hooks: certbot calls those at renewals only, and a hook
    /// that is both is called once.
    package var issue: [String] {
        let account = contact.map { ["--email", $0.description] } ?? ["--register-unsafely-without-email"]
        return [
            "certbot", "certonly", "--non-interactive", "--agree-tos", "--webroot", "--webroot-path",
            Self.challengeDirectory, "--cert-name", domain.ascii, "--domain", domain.ascii,
            "--keep-until-expiring", "--deploy-hook", Self.installHook,
        ] + account
    }

    /// Where certbot keeps what it was given.
    package var lineage: String { "/etc/letsencrypt/live/\(domain)" }
}
