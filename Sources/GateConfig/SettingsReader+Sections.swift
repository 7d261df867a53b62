import GateModel

// Each section of the settings, value by value. Rules between values are in SettingsReader+Rules.

extension SettingsReader {
    /// All settings; complete even where problems were met, so that all of them are.
    mutating func settings() -> Settings {
        let environment = value(Keys.environment)
        let baseURL = value(Keys.baseURL)
        let stateDirectory = stateDirectory(environment)
        let settings = Settings(
            environment: environment, listen: value(Keys.listen), baseURL: baseURL, workers: workers(),
            stateDirectory: stateDirectory, drain: value(Keys.drain),
            controlSocket: value(Keys.controlSocket),
            metricsListen: value(Keys.metricsListen), allowedAddresses: value(Keys.allowedAddresses),
            admins: Set(value(Keys.admins) ?? []), adminBaseURL: value(Keys.adminBaseURL),
            upstream: upstream(),
            tokens: tokens(environment), policy: policy(), cookies: cookies(baseURL), limits: limits(),
            proxy: proxy(environment), mail: mail(environment, stateDirectory: stateDirectory),
            brand: brand(),
            log: log())
        return settings
    }

    private mutating func workers() -> Int {
        if let count = value(Keys.workers) { return count }
        let count = min(max(sources.coreCount, 1), 256)
        computed[Keys.workers.definition.name] = String(count)
        return count
    }

    /// The configured directory, else the one that systemd made (systemd.exec(5), `StateDirectory=`: several
    /// are separated by colons; the first is ours).
    private mutating func stateDirectory(_ environment: Settings.Environment) -> String {
        if let path = value(Keys.stateDirectory) { return path }
        let name = Keys.stateDirectory.definition.name
        if let first = sources.environment["STATE_DIRECTORY"]?.split(separator: ":").first {
            computed[name] = String(first)
            return String(first)
        }
        if environment == .production, sources.reader == .serve {
            reject(
                Keys.stateDirectory.definition,
                expected: "a directory: production without systemd must name it")
        }
        // The unit's StateDirectory= is out of sight of a check outside of it.
        if environment == .development { computed[name] = "./.runegate" }
        return "./.runegate"
    }

    private mutating func upstream() -> UpstreamSettings {
        UpstreamSettings(
            target: value(Keys.target), wireGuardTarget: value(Keys.wireGuardTarget),
            wireGuardInterface: value(Keys.wireGuardInterface), ratholeTarget: value(Keys.ratholeTarget),
            probePath: value(Keys.probePath), failbackAfter: value(Keys.failbackAfter),
            failbackMax: value(Keys.failbackMax))
    }

    private mutating func policy() -> PolicySettings {
        PolicySettings(
            emails: Set(value(Keys.allowedEmails) ?? []), domains: Set(value(Keys.allowedDomains) ?? []),
            allowAny: value(Keys.allowAnyEmail))
    }

    private mutating func cookies(_ baseURL: BaseURL) -> CookieSettings {
        let isSecure =
            switch value(Keys.secureCookie) {
            case .auto: baseURL.isHTTPS
            case .always: true
            case .never: false
            }
        return CookieSettings(
            isSecure: isSecure, domain: value(Keys.cookieDomain), sessionName: value(Keys.cookieName))
    }

    private mutating func limits() -> LimitSettings {
        LimitSettings(
            isEnabled: value(Keys.limitsEnabled), loginPerMinute: value(Keys.loginRateLimit),
            emailCooldown: value(Keys.emailCooldown), tokenPerMinute: value(Keys.tokenRateLimit))
    }

    private mutating func proxy(_ environment: Settings.Environment) -> ProxySettings {
        let isDevelopment = environment == .development
        for key in [Keys.requestLogs, Keys.debugEndpoints] {
            computed[key.definition.name] = isDevelopment ? "true" : "false"
        }
        return ProxySettings(
            trustedProxies: value(Keys.trustedProxies), sendsIdentityHeaders: value(Keys.identityHeaders),
            streamsResponses: value(Keys.streamResponses),
            logsRequests: value(Keys.requestLogs) ?? isDevelopment,
            hasDebugEndpoints: value(Keys.debugEndpoints) ?? isDevelopment)
    }

    private mutating func brand() -> BrandSettings {
        BrandSettings(
            name: value(Keys.brandName), color: value(Keys.brandColor),
            logo: existing(Keys.brandLogo))
    }

    private mutating func log() -> LogSettings {
        let filter = value(Keys.logFilter)
        return LogSettings(format: value(Keys.logFormat), level: filter.level, moduleLevels: filter.modules)
    }

    /// A path at which something must be.
    mutating func existing(_ key: OptionalKey<String>) -> String? {
        guard let path = value(key) else { return nil }
        if !sources.files.exists(path) {
            reject(key.definition, expected: "\(key.definition.expected); there is nothing")
        }
        return path
    }
}
