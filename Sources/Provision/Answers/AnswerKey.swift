/// What may be answered: the names of flags, and with underscores those of an answers file.
package enum AnswerKey: String, Sendable, Hashable, CaseIterable {
    case domain, endpoint
    case wireGuardPort = "wireguard-port"
    case ratholePort = "rathole-port"
    case tunnelNetwork = "tunnel-network"
    case appPort = "app-port"
    case allow
    case allowDomain = "allow-domain"
    case allowAny = "allow-any"
    case smtpHost = "smtp-host"
    case smtpPort = "smtp-port"
    case smtpSecurity = "smtp-security"
    case smtpUser = "smtp-user"
    case smtpPassword = "smtp-password"
    case smtpCAFile = "smtp-ca-file"
    case mailFrom = "mail-from"
    case mailSenderName = "mail-sender-name"
    case mailSubject = "mail-subject"
    case contact
    case brandName = "brand-name"
    case rathole
    case isDefaultSite = "default-site"
    case mtu

    /// As an answers file writes it.
    package var fileName: String { rawValue.replacing("-", with: "_") }

    /// As the command line writes it; a secret is never an argument, so its flag names a file.
    package var flag: String { isSecret ? "--\(rawValue)-file" : "--\(rawValue)" }

    var isSecret: Bool { self == .smtpPassword }
}
