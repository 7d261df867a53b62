import GateModel

// Rules between settings, checked when each value is right by itself.

extension SettingsReader {
    mutating func checkRules(_ settings: Settings, exposed: [(key: KeyDefinition, place: ConfigError.Place)])
    {
        switch settings.environment {
        case .development: checkDevelopment(settings)
        case .production: checkProduction(settings, exposed: exposed)
        }
        checkUpstream(settings)
        checkCookies(settings)
        checkAdminPage(settings)
        checkAllowedAddresses(settings)
    }

    /// Development signs with random keys, and its policy may be open: nobody else may reach it.
    private mutating func checkDevelopment(_ settings: Settings) {
        guard sources.reader != .mailer else { return }
        if !settings.baseURL.isLoopback {
            reject(
                Keys.baseURL.definition,
                expected:
                    "a loopback host in development, such as http://localhost:7870; or RUNEGATE_ENV=production"
            )
        }
        if !settings.listen.isLoopback {
            reject(
                Keys.listen.definition,
                expected: "a loopback address or unix:/path in development; or RUNEGATE_ENV=production")
        }
    }

    private mutating func checkProduction(
        _ settings: Settings, exposed: [(key: KeyDefinition, place: ConfigError.Place)]
    ) {
        for (key, place) in exposed {
            errors.append(
                ConfigError(
                    place: place, key: key.name, found: .hidden,
                    expected:
                        "no secret here in production, only the systemd credential \(key.credential ?? "")"))
        }
        guard sources.reader != .mailer else { return }
        if !settings.baseURL.isHTTPS {
            reject(
                Keys.baseURL.definition,
                expected: "an https origin in production, such as https://app.example.com")
        }
        let policyKeys = [Keys.allowedEmails.definition, Keys.allowedDomains.definition]
        if settings.policy.emails.isEmpty, settings.policy.domains.isEmpty, !settings.policy.allowAny,
            !policyKeys.contains(where: isSet)
        {
            reject(
                Keys.allowedEmails.definition,
                expected: "who may sign in: RUNEGATE_ALLOWED_EMAILS, RUNEGATE_ALLOWED_DOMAINS, "
                    + "or RUNEGATE_ALLOW_ANY_EMAIL=true")
        }
        if sources.isRoot, sources.reader == .serve {
            errors.append(
                ConfigError(
                    place: .nowhere, key: "the user", found: .text("root"),
                    expected: "a user without rights in production. Start it with: systemctl start runegate"))
        }
    }

    private mutating func checkUpstream(_ settings: Settings) {
        let upstream = settings.upstream
        if upstream.failbackMax < upstream.failbackAfter {
            reject(
                Keys.failbackMax.definition,
                expected: "at least RUNEGATE_FAILBACK_AFTER, \(DurationText.render(upstream.failbackAfter))")
        }
        if settings.tokens.sessionIdle > settings.tokens.sessionTTL {
            warn(
                Keys.sessionIdle.definition,
                "RUNEGATE_SESSION_IDLE is longer than RUNEGATE_SESSION_TTL and has no effect")
        }
    }

    private mutating func checkCookies(_ settings: Settings) {
        let host = settings.baseURL.host
        if !settings.cookies.isSecure, settings.baseURL.isHTTPS {
            reject(Keys.secureCookie.definition, expected: "auto or true with an https base URL")
        }
        if settings.cookies.isSecure, !settings.baseURL.isHTTPS {
            warn(Keys.secureCookie.definition, "some browsers drop a Secure cookie from \(settings.baseURL)")
        }
        guard let domain = settings.cookies.domain else { return }
        guard domain.isQualified, host == domain.ascii || host.hasSuffix("." + domain.ascii) else {
            reject(
                Keys.cookieDomain.definition,
                expected: "the base URL's host, \(host), or a domain above it; browsers refuse any other")
            return
        }
    }

    /// The app's scripts could read the owner's page if both had one origin.
    private mutating func checkAdminPage(_ settings: Settings) {
        guard let admin = settings.adminBaseURL else { return }
        let key = Keys.adminBaseURL.definition
        if admin.sharesHost(with: settings.baseURL) {
            let example = admin.isLoopback ? ", such as http://owner.localhost:\(settings.baseURL.port)" : ""
            reject(key, expected: "another host than the base URL's, \(settings.baseURL.host)\(example)")
        }
        if settings.environment == .production, !admin.isHTTPS {
            reject(key, expected: "an https origin in production")
        }
        if settings.environment == .development, !admin.isLoopback, sources.reader != .mailer {
            reject(key, expected: "a loopback host in development")
        }
        // The mailer knows neither admins nor policy.
        guard sources.reader != .mailer else { return }
        if settings.admins.isEmpty {
            reject(Keys.admins.definition, expected: "whom RUNEGATE_ADMIN_BASE_URL lets in")
        }
        // Sessions end when the policy no longer allows their address; an owner's are no exception.
        if let stranger = settings.admins.first(where: { !settings.policy.allows($0) }) {
            reject(
                Keys.admins.definition,
                expected: "addresses that may sign in to the app, which \(stranger) may not: "
                    + "add it to RUNEGATE_ALLOWED_EMAILS")
        }
    }

    /// A target that the unit's address filter drops would look like a dead tunnel.
    ///
    /// Names are looked up by `serve`.
    private mutating func checkAllowedAddresses(_ settings: Settings) {
        guard let allowed = settings.allowedAddresses, sources.reader != .mailer else { return }
        let upstream = settings.upstream
        var targets: [(KeyDefinition, Endpoint)] = []
        if let target = upstream.wireGuardTarget { targets.append((Keys.wireGuardTarget.definition, target)) }
        if let target = upstream.ratholeTarget { targets.append((Keys.ratholeTarget.definition, target)) }
        if targets.isEmpty { targets = [(Keys.target.definition, upstream.target)] }
        for (key, target) in targets {
            let host = target.host == "localhost" ? "127.0.0.1" : target.host
            if let address = try? IPAddress(host), !allowed.contains(where: { $0.contains(address) }) {
                rejectAddress(key)
            }
        }
        let listeners =
            [(Keys.listen.definition, settings.listen)]
            + (settings.metricsListen.map { [(Keys.metricsListen.definition, $0)] } ?? [])
        for (key, listener) in listeners {
            guard case .ip(let address, _) = listener, !address.isLoopback else { continue }
            if !allowed.contains(where: { $0.contains(address) }) { rejectAddress(key) }
        }
    }

    private mutating func rejectAddress(_ key: KeyDefinition) {
        reject(
            key,
            expected: "an address in RUNEGATE_ALLOWED_ADDRESSES, which the drop-in "
                + "runegate.service.d/addresses.conf was rendered with; run `runegate provision vps` again")
    }
}
