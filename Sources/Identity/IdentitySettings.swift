package import GateConfig
package import GateModel

/// What this module needs to know of the configuration; replaced as a whole at reload.
package struct IdentitySettings: Sendable {
    package enum Algorithm: String, Sendable {
        case hs256 = "HS256"
        case edDSA = "EdDSA"
    }

    /// The only source of links, and `iss` and `aud` of their tokens.
    package var baseURL: BaseURL
    /// What link tokens are signed with; the session cookie is always HS256.
    package var linkAlgorithm: Algorithm = .hs256
    package var linkLife: Duration = .seconds(15 * 60)
    /// Absolute life of a session.
    package var sessionLife: Duration = .seconds(7 * 24 * 3600)
    /// Life of a session without a request.
    package var sessionIdle: Duration = .seconds(24 * 3600)
    package var policy: AccessPolicy
    package var rates = LimitRates()

    package init(baseURL: BaseURL, policy: AccessPolicy) {
        self.baseURL = baseURL
        self.policy = policy
    }

    package init(_ settings: Settings) {
        self.init(
            baseURL: settings.baseURL,
            policy: AccessPolicy(
                emails: settings.policy.emails, domains: settings.policy.domains,
                allowsAnyone: settings.policy.allowAny))
        linkAlgorithm = settings.tokens.jwtAlgorithm == .edDSA ? .edDSA : .hs256
        linkLife = settings.tokens.linkExpiry
        sessionLife = settings.tokens.sessionTTL
        sessionIdle = settings.tokens.sessionIdle
        rates = LimitRates(
            isEnabled: settings.limits.isEnabled, loginPerMinute: settings.limits.loginPerMinute,
            emailCooldown: settings.limits.emailCooldown, tokenPerMinute: settings.limits.tokenPerMinute)
    }
}

/// How often strangers may try.
package struct LimitRates: Hashable, Sendable {
    package var isEnabled: Bool
    /// Requests for a link a minute and address block.
    package var loginPerMinute: Int
    /// How long an address waits for its next mail.
    package var emailCooldown: Duration
    /// Token and code tries a minute and address block.
    package var tokenPerMinute: Int

    package init(
        isEnabled: Bool = true, loginPerMinute: Int = 5, emailCooldown: Duration = .seconds(300),
        tokenPerMinute: Int = 10
    ) {
        self.isEnabled = isEnabled
        self.loginPerMinute = loginPerMinute
        self.emailCooldown = emailCooldown
        self.tokenPerMinute = tokenPerMinute
    }
}
