package import GateModel

/// Everything that can be configured, as checked values.
///
/// The table of keys (``Keys``) says what each means.
package struct Settings: Sendable {
    package enum Environment: String, Sendable {
        case development, production
    }

    package var environment: Environment = .development
    package var listen: ListenAddress
    package var baseURL: BaseURL
    /// Event loops; at least 1.
    package var workers: Int
    /// The directory of the database.
    package var stateDirectory: String
    /// How long transfers may finish on stop.
    package var drain: Duration
    /// The most that may be set.
    package static let longestDrain: Duration = .seconds(30)
    /// What a stop takes at most; the unit's `TimeoutStopSec=` is longer.
    ///
    /// A drain for those who were there, one for those who came meanwhile, and time to write down what is in memory.
    package static let longestStop: Duration = longestDrain * 2 + .seconds(10)
    package var controlSocket: String?
    package var metricsListen: ListenAddress?
    /// What the unit's address filter allows; nil when nothing was rendered.
    package var allowedAddresses: [IPNetwork]?
    package var admins: Set<EmailAddress>
    package var adminBaseURL: BaseURL?

    package var upstream: UpstreamSettings
    package var tokens: TokenSettings
    package var policy: PolicySettings
    package var cookies: CookieSettings
    package var limits: LimitSettings
    package var proxy: ProxySettings
    package var mail: MailSettings
    package var brand: BrandSettings
    package var log: LogSettings
}

/// Where the app is.
package struct UpstreamSettings: Sendable, Equatable {
    /// The app, when no tunnel is configured.
    package var target: Endpoint
    package var wireGuardTarget: Endpoint?
    /// Nil: sockets are not bound, link and handshake data are not used.
    package var wireGuardInterface: String?
    package var ratholeTarget: Endpoint?
    /// What the full probe asks for.
    package var probePath: String
    package var failbackAfter: Duration
    package var failbackMax: Duration
}

/// Keys and lifetimes of links and sessions.
package struct TokenSettings: Sendable, Equatable {
    package enum Algorithm: String, Sendable {
        case hs256 = "HS256"
        case edDSA = "EdDSA"
    }

    /// Signs links; at least 32 bytes.
    ///
    /// Keys are derived from it, it is no key itself.
    package var jwtSecret: Secret
    /// Verify links, never sign.
    package var jwtSecretPrevious: [Secret]
    package var jwtAlgorithm: Algorithm
    /// Signs session cookies; at least 64 bytes.
    package var sessionKey: Secret
    package var sessionKeyPrevious: [Secret]
    package var linkExpiry: Duration
    /// Absolute life of a session.
    package var sessionTTL: Duration
    /// Life of a session without a request.
    package var sessionIdle: Duration
}

/// Who may sign in.
package struct PolicySettings: Sendable, Equatable {
    package var emails: Set<EmailAddress>
    /// Whole domains; equal names only, never suffixes.
    package var domains: Set<DomainName>
    package var allowAny: Bool

    func allows(_ email: EmailAddress) -> Bool {
        allowAny || emails.contains(email) || domains.contains(email.domain)
    }
}

/// How our cookies are called and sent.
package struct CookieSettings: Sendable, Equatable {
    /// Whether `Secure` is set: `auto` is resolved by the base URL's scheme.
    package var isSecure: Bool
    /// Nil: host-only.
    package var domain: DomainName?
    /// The configured name, without `__Host-`.
    package var sessionName: String
}

/// How often strangers may try.
package struct LimitSettings: Sendable, Equatable {
    package var isEnabled: Bool
    /// Sign-in requests a minute and address block.
    package var loginPerMinute: Int
    /// How long an address waits for its next mail.
    package var emailCooldown: Duration
    /// Token tries a minute and address block.
    package var tokenPerMinute: Int
}

/// How requests are passed on.
package struct ProxySettings: Sendable, Equatable {
    /// Whose `X-Forwarded-*` count; a Unix-socket peer is always trusted.
    package var trustedProxies: [IPNetwork]
    package var sendsIdentityHeaders: Bool
    package var streamsResponses: Bool
    package var logsRequests: Bool
    package var hasDebugEndpoints: Bool
}

/// How mail leaves.
package struct MailSettings: Sendable, Equatable {
    package enum Transport: Sendable, Equatable {
        case smtp
        /// Writes one .eml a mail into the directory.
        case outbox(directory: String)
        /// No mail at all: links come only from `runegate login-link`.
        case none
    }

    package enum Mailer: String, Sendable {
        /// In the same process.
        case inline
        /// `runegate mailer`, over the lease socket.
        case external
    }

    package var transport: Transport
    package var mailer: Mailer
    /// PEM file of the authorities that the mail server's certificate may come from; nil: the system's.
    package var caFile: String?
    /// Directory of text and HTML templates; nil: built in.
    package var templatesDirectory: String?
    /// What `email.toml` says; nil where this process does not read it.
    package var account: MailAccount?
}

/// The mail server and the letter, from `email.toml`.
package struct MailAccount: Sendable, Equatable {
    package enum Security: String, Sendable {
        /// STARTTLS (RFC 3207), required.
        case startTLS = "starttls"
        /// TLS from the first byte (RFC 8314), the rule on port 465.
        case implicit
        /// Clear text; only to this machine.
        case none
    }

    package var host: String
    package var port: Int
    package var security: Security
    package var user: String?
    package var password: Secret?
    /// The `From` header: a display name may stand in front.
    package var fromName: String?
    package var fromAddress: EmailAddress
    package var subject: String
    /// The text part, with `{login_url}`, `{expiry_minutes}` and `{code}`; nil: built in.
    package var bodyTemplate: String?

    package init(
        host: String, port: Int, security: Security, user: String?, password: Secret?, fromName: String?,
        fromAddress: EmailAddress, subject: String, bodyTemplate: String?
    ) {
        self.host = host
        self.port = port
        self.security = security
        self.user = user
        self.password = password
        self.fromName = fromName
        self.fromAddress = fromAddress
        self.subject = subject
        self.bodyTemplate = bodyTemplate
    }
}

/// How pages and mails look.
package struct BrandSettings: Sendable, Equatable {
    package var name: String
    /// `#rrggbb`.
    package var color: String
    /// An image file (SVG or PNG) read at start; nil: the built-in mark.
    package var logo: String?

    package init(name: String, color: String, logo: String?) {
        self.name = name
        self.color = color
        self.logo = logo
    }
}

/// What is logged, and how.
package struct LogSettings: Sendable, Equatable {
    package enum Format: String, Sendable {
        case console, json, journald
    }

    package var format: Format
    /// The level for all modules, in swift-log's words: trace debug info notice warning error critical.
    package var level: String
    /// Levels of single modules.
    package var moduleLevels: [String: String]
}
