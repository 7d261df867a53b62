import GateModel

/// The table of all settings: the parser, `docs/CONFIGURATION.md` and the samples are made from it.
package enum Keys {
    /// Every line of the table, in the order of the reference.
    package static let all: [KeyDefinition] =
        gateway + upstream + tokens + policy + cookies + limits + proxy + mail + brand + log + control

    package static let byName: [String: KeyDefinition] = Dictionary(
        uniqueKeysWithValues: all.flatMap { key in
            ([key.name] + (key.alias.map { [$0] } ?? [])).map { ($0, key) }
        })

    package static let byTOMLKey = Dictionary(uniqueKeysWithValues: all.map { ($0.tomlKey, $0) })
}

// MARK: The gateway

extension Keys {
    static let environment = Key<Settings.Environment>(
        "RUNEGATE_ENV", .gateway, .word(), default: "development", reload: .restart, example: "production",
        """
        `production`: secrets, a policy and an https base URL are required. `development` is refused unless base \
        URL and listener are loopback (`unix:` counts as loopback).
        """)
    static let listen = Key<ListenAddress>(
        "RUNEGATE_LISTEN", .gateway, .listen, default: "127.0.0.1:7870", reload: .restart,
        "Where the gateway waits for nginx. A socket passed by systemd wins.")
    static let baseURL = Key<BaseURL>(
        "RUNEGATE_BASE_URL", .gateway, .origin, default: "http://localhost:7870",
        example: "https://app.example.com",
        "The public origin: the only source of links and of the allowed `Host`.")
    static let workers = OptionalKey<Int>(
        "RUNEGATE_WORKERS", .gateway, .integer(1...256), default: "number of cores", reload: .restart,
        example: "2", "Event loops.")
    static let stateDirectory = OptionalKey<String>(
        "RUNEGATE_STATE_DIR", .gateway, .path("a directory"),
        default: "`$STATE_DIRECTORY`, else ./.runegate in development", reload: .restart,
        example: "/var/lib/runegate",
        "The directory of the database. Production without systemd must set it.")
    static let drain = Key<Duration>(
        "RUNEGATE_DRAIN", .gateway, .duration(.zero...Settings.longestDrain), default: "10s",
        "How long transfers may finish on stop. Twice that, and a little more, fits into the unit's `TimeoutStopSec=`."
    )

    private static let gateway = [
        environment.definition, listen.definition, baseURL.definition, workers.definition,
        stateDirectory.definition, drain.definition,
    ]
}

// MARK: The app and the ways to it

extension Keys {
    static let target = Key<Endpoint>(
        "RUNEGATE_TARGET_SERVICE", .upstream, .endpoint, default: "http://127.0.0.1:7860",
        reload: .restart, "The app, when no tunnel is configured.")
    static let wireGuardTarget = OptionalKey<Endpoint>(
        "RUNEGATE_WIREGUARD_TARGET", .upstream, .endpoint, reload: .restart,
        example: "http://10.0.0.2:7860",
        "The app through WireGuard: the primary path.")
    static let wireGuardInterface = Key<String?>(
        "RUNEGATE_WIREGUARD_INTERFACE", .upstream, .interface, default: "wg0", reload: .restart,
        """
        The link that upstream sockets are bound to. Empty: none; link and handshake data read `not used`, and \
        the full probe runs at the light probe's periods.
        """)
    static let ratholeTarget = OptionalKey<Endpoint>(
        "RUNEGATE_RATHOLE_TARGET", .upstream, .endpoint, reload: .restart,
        example: "http://127.0.0.1:5202",
        "The app through Rathole: the fallback.")
    static let probePath = Key<String>(
        "RUNEGATE_PROBE_PATH", .upstream, .probePath, default: "/", reload: .restart,
        "What the full probe asks for.")
    static let failbackAfter = Key<Duration>(
        "RUNEGATE_FAILBACK_AFTER", .upstream, .duration(.seconds(1) ... .seconds(3600)), default: "30s",
        reload: .restart,
        "How long the primary must be stable before traffic returns to it, and the app before mails say that it "
            + "is back.")
    static let failbackMax = Key<Duration>(
        "RUNEGATE_FAILBACK_MAX", .upstream, .duration(.seconds(1) ... .seconds(86_400)), default: "10m",
        reload: .restart,
        "The most that damping makes of it.")

    private static let upstream = [
        target.definition, wireGuardTarget.definition, wireGuardInterface.definition,
        ratholeTarget.definition,
        probePath.definition, failbackAfter.definition, failbackMax.definition,
    ]
}

// MARK: Keys and lifetimes

extension Keys {
    static let jwtSecret = OptionalKey<Secret>(
        "RUNEGATE_JWT_SECRET", .tokens, .jwtSecret, default: "random in development", reload: .restart,
        credential: "jwt-secret", example: "(openssl rand -hex 32)",
        "Signs links. In production only as the systemd credential `jwt-secret`.")
    static let jwtSecretPrevious = OptionalKey<[Secret]>(
        "RUNEGATE_JWT_SECRET_PREVIOUS", .tokens, .jwtSecrets, reload: .restart,
        credential: "jwt-secret-previous", example: "(former secrets)",
        "Verify links, never sign. In production only as the systemd credential `jwt-secret-previous`.")
    static let jwtAlgorithm = Key<TokenSettings.Algorithm>(
        "RUNEGATE_JWT_ALGORITHM", .tokens, .word(), default: "HS256", reload: .restart,
        "How links are signed; the key is derived from the secret for either.")
    static let sessionKey = OptionalKey<Secret>(
        "RUNEGATE_SESSION_KEY", .tokens, .sessionKey, default: "random in development", reload: .restart,
        credential: "session-key", example: "(openssl rand -hex 64)",
        """
        Signs session cookies; 128 hex digits are always decoded to 64 bytes. In production only as the systemd \
        credential `session-key`.
        """)
    static let sessionKeyPrevious = OptionalKey<[Secret]>(
        "RUNEGATE_SESSION_KEY_PREVIOUS", .tokens, .sessionKeys, reload: .restart,
        credential: "session-key-previous", example: "(former keys)",
        """
        Verify cookies, never sign; such a cookie is re-issued. In production only as the systemd credential \
        `session-key-previous`.
        """)
    static let linkExpiry = Key<Duration>(
        "RUNEGATE_MAGIC_LINK_EXPIRY", .tokens,
        .duration(.seconds(60) ... .seconds(86_400), bareUnit: .minutes),
        default: "15", "How long a link may be used.")
    static let sessionTTL = Key<Duration>(
        "RUNEGATE_SESSION_TTL", .tokens, .duration(.seconds(60) ... .seconds(366 * 86_400)), default: "7d",
        "The absolute life of a session.")
    static let sessionIdle = Key<Duration>(
        "RUNEGATE_SESSION_IDLE", .tokens, .duration(.seconds(60) ... .seconds(366 * 86_400)), default: "24h",
        "The life of a session without a request.")

    private static let tokens = [
        jwtSecret.definition, jwtAlgorithm.definition, sessionKey.definition, jwtSecretPrevious.definition,
        sessionKeyPrevious.definition, linkExpiry.definition, sessionTTL.definition, sessionIdle.definition,
    ]
}

// MARK: Who may sign in, cookies, limits

extension Keys {
    static let allowedEmails = OptionalKey<[EmailAddress]>(
        "RUNEGATE_ALLOWED_EMAILS", .policy, .addresses, example: "you@example.com",
        "Addresses that may sign in.")
    static let allowedDomains = OptionalKey<[DomainName]>(
        "RUNEGATE_ALLOWED_DOMAINS", .policy, .domains, example: "example.com",
        "Domains whose every address may sign in; a subdomain is another domain.")
    static let allowAnyEmail = Key<Bool>(
        "RUNEGATE_ALLOW_ANY_EMAIL", .policy, .boolean, default: "false",
        "Whether every address may sign in. Production refuses to start with none of the three.")

    private static let policy = [
        allowedEmails.definition, allowedDomains.definition, allowAnyEmail.definition,
    ]

    static let secureCookie = Key<SecureCookie>(
        "RUNEGATE_SECURE_COOKIE", .cookies, .word(), default: "auto",
        "Whether cookies carry `Secure`; `auto` follows the scheme of the base URL.")
    static let cookieDomain = OptionalKey<DomainName>(
        "RUNEGATE_COOKIE_DOMAIN", .cookies, .domain, default: "host-only", example: "example.com",
        """
        Sends the session cookie to this domain and all below it. On https without it the name sent is `__Host-` \
        and the name.
        """)
    static let cookieName = Key<String>(
        "RUNEGATE_SESSION_COOKIE_NAME", .cookies, .cookieName, default: "runegate_id",
        "The name of the session cookie.")

    private static let cookies = [secureCookie.definition, cookieDomain.definition, cookieName.definition]

    static let limitsEnabled = Key<Bool>(
        "RUNEGATE_RATE_LIMIT_ENABLED", .limits, .boolean, default: "true",
        "Whether the three limits below count; the tries of a short code always do.")
    static let loginRateLimit = Key<Int>(
        "RUNEGATE_LOGIN_RATE_LIMIT", .limits, .integer(1...10_000, of: "per minute"), default: "5",
        "Sign-in requests a minute and IP address.")
    static let emailCooldown = Key<Duration>(
        "RUNEGATE_EMAIL_COOLDOWN", .limits, .duration(.zero ... .seconds(86_400), bareUnit: .seconds),
        default: "300", "How long an address waits for its next mail.")
    static let tokenRateLimit = Key<Int>(
        "RUNEGATE_TOKEN_RATE_LIMIT", .limits, .integer(1...10_000, of: "per minute"), default: "10",
        "Tries of a link or code a minute and IP address.")

    private static let limits = [
        limitsEnabled.definition, loginRateLimit.definition, emailCooldown.definition,
        tokenRateLimit.definition,
    ]
}

// MARK: What the app gets, mail, looks

extension Keys {
    static let trustedProxies = Key<[IPNetwork]>(
        "RUNEGATE_TRUSTED_PROXIES", .proxy, .proxies, default: "loopback,unix",
        "Whose `X-Forwarded-*` count. A peer on a Unix socket always does.")
    static let identityHeaders = Key<Bool>(
        "RUNEGATE_IDENTITY_HEADERS", .proxy, .boolean, default: "true",
        """
        Whether the app gets `X-Runegate-Authenticated`, `X-Runegate-User`, `X-Forwarded-User` and \
        `X-Forwarded-Email`.
        """)
    static let streamResponses = Key<Bool>(
        "RUNEGATE_STREAM_RESPONSES", .proxy, .boolean, default: "true",
        "`false` buffers small responses before answering.")
    static let requestLogs = OptionalKey<Bool>(
        "RUNEGATE_REQUEST_LOGS", .proxy, .boolean, default: "on in development, off in production",
        example: "true", "Whether each request is logged.")
    static let debugEndpoints = OptionalKey<Bool>(
        "RUNEGATE_DEBUG_ENDPOINTS", .proxy, .boolean, default: "on in development, off in production",
        example: "false", "Whether `/debug/session`, `/debug/cookies` and `/debug/protected` answer.")

    private static let proxy = [
        trustedProxies.definition, identityHeaders.definition, streamResponses.definition,
        requestLogs.definition,
        debugEndpoints.definition,
    ]

    static let mailTransport = OptionalKey<MailSettings.Transport>(
        "RUNEGATE_MAIL_TRANSPORT", .mail, .transport,
        default: "smtp; in development without email.toml: outbox",
        example: "smtp",
        """
        `outbox:DIRECTORY` writes one .eml a mail; `none` sends nothing: links come only from \
        `runegate login-link`.
        """)
    static let mailer = Key<MailSettings.Mailer>(
        "RUNEGATE_MAILER", .mail, .word(), default: "inline", reload: .restart, example: "external",
        "Whether `serve` sends mail itself or leaves it to `runegate mailer`.")
    static let smtpCAFile = OptionalKey<String>(
        "RUNEGATE_SMTP_CA_FILE", .mail, .path("a PEM file"), default: "system", reload: .restart,
        example: "/etc/ssl/certs/mail-ca.pem",
        "The authorities that the mail server's certificate may come from.")
    static let mailTemplates = OptionalKey<String>(
        "RUNEGATE_MAIL_TEMPLATES", .mail, .path("a directory"), reload: .restart,
        example: "/etc/runegate/mail",
        "A directory of text and HTML templates.")

    private static let mail = [
        mailTransport.definition, mailer.definition, smtpCAFile.definition, mailTemplates.definition,
    ]

    static let brandName = Key<String>(
        "RUNEGATE_BRAND_NAME", .brand, .brandName, default: "Runegate", "The name on pages and in mails.")
    static let brandColor = Key<String>(
        "RUNEGATE_BRAND_COLOR", .brand, .color, default: "#4f46e5", "The accent of pages and mails.")
    static let brandLogo = OptionalKey<String>(
        "RUNEGATE_BRAND_LOGO", .brand, .image, default: "the built-in mark",
        example: "/etc/runegate/logo.svg",
        "An image, read at start.")

    private static let brand = [brandName.definition, brandColor.definition, brandLogo.definition]
}

// MARK: Logs, control

extension Keys {
    static let logFormat = Key<LogSettings.Format>(
        "RUNEGATE_LOG_FORMAT", .log, .word(), default: "console", reload: .restart, example: "journald",
        """
        `console`: lines for people; `json`: one object a line; `journald`: fields, and the default where standard \
        error leads into the journal.
        """)
    static let logFilter = Key<LogFilter>(
        "RUNEGATE_LOG", .log, .logFilter, default: "info", alias: "RUST_LOG", example: "info,gateway=debug",
        "The level of all modules, and of single ones.")

    private static let log = [logFormat.definition, logFilter.definition]

    static let controlSocket = OptionalKey<String>(
        "RUNEGATE_CONTROL_SOCKET", .control, .socketPath,
        default: "a passed socket, else `control.sock` in the state directory", reload: .restart,
        example: "/run/runegate-control/control.sock",
        """
        Where `runegate tunnels`, `sessions` and the like ask. They try this variable, then \
        /run/runegate-control/control.sock, then ./.runegate/control.sock.
        """)
    static let metricsListen = OptionalKey<ListenAddress>(
        "RUNEGATE_METRICS_LISTEN", .control, .listen, reload: .restart, example: "127.0.0.1:9464",
        "Address for `/metrics`; without it only the control socket has them.")
    static let allowedAddresses = OptionalKey<[IPNetwork]>(
        "RUNEGATE_ALLOWED_ADDRESSES", .control, .networks, reload: .restart,
        example: "localhost,10.0.0.2/32",
        """
        What the unit's address filter allows; rendered beside \
        `runegate.service.d/addresses.conf`. A target or listener outside is refused.
        """)
    static let admins = OptionalKey<[EmailAddress]>(
        "RUNEGATE_ADMINS", .control, .addresses, example: "you@example.com",
        """
        Who may open the owner's page at `RUNEGATE_ADMIN_BASE_URL`. Each must be allowed to sign in to the app, too.
        """)
    static let adminBaseURL = OptionalKey<BaseURL>(
        "RUNEGATE_ADMIN_BASE_URL", .control, .origin, example: "https://gate.example.com",
        """
        The owner's page's own origin, for `RUNEGATE_ADMINS`; nothing there reaches the app. Its host must differ \
        from the base URL's: its cookies must not go to the app's host. See docs/CONTROL.md.
        """)

    private static let control = [
        controlSocket.definition, metricsListen.definition, allowedAddresses.definition, admins.definition,
        adminBaseURL.definition,
    ]
}
