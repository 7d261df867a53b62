/// Why somebody has to wait, and how long: what a 429 says.
package struct Limit: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Too many tries from the address block (or from everybody together).
        case ip = "IP"
        /// The mail address was sent a link a moment ago.
        case email = "Email"
    }

    package let kind: Kind
    /// Whole seconds until the next try counts again, at least 1.
    package let resetSeconds: Int

    package init(kind: Kind, resetSeconds: Int) {
        self.kind = kind
        self.resetSeconds = max(1, resetSeconds)
    }
}
