package import GateModel

// What the use cases of ``SignIn`` answer: values without HTTP in them.

/// The answer to "mail me a link".
package enum LinkAnswer: Equatable, Sendable {
    /// The same for every well-formed address, listed or not.
    case accepted
    /// Not an address.
    case malformed
    case limited(Limit)
    /// The database cannot be written; nothing was changed.
    case unavailable
}

/// The answer to looking at a link, which changes nothing.
package enum LinkViewAnswer: Equatable, Sendable {
    case valid(LinkView)
    /// Forged, expired, spent, void, or its address is no longer allowed: one answer for all.
    case invalid
    case limited(Limit)
    case unavailable
}

/// What a live link says about itself.
package struct LinkView: Equatable, Sendable {
    /// Whom it signs in.
    package let account: EmailAddress
    /// Whether the asking browser's nonce was given; false for a link bound to no browser.
    package let isSameBrowser: Bool
    /// When it was asked for, in seconds since the Unix epoch.
    package let requestedAt: Int64
    /// Who asked for it; nil for a link of `runegate login-link`.
    package let requestedBy: Client?
    package let expiresIn: Duration
}

/// The answer to spending a link or a code.
package enum SignInAnswer: Sendable {
    case signedIn(NewSession)
    case invalid
    case limited(Limit)
    /// Nothing was spent.
    case unavailable
}

/// A session that was just made, durable by now.
package struct NewSession: Sendable {
    package let session: Session
    /// The cookie's value, a signed token: a secret, never log it.
    package let cookieValue: String
    package let email: EmailAddress
    /// The page first asked for; nil unless the nonce matched.
    package let next: String?
    /// What is left of the absolute life, for `Max-Age`.
    package let expiresIn: Duration
}
