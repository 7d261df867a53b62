package import GateModel

/// Who asks: the visitor's address as far as proxies are trusted, and what the browser calls itself.
package struct Client: Hashable, Sendable {
    package let address: IPAddress
    /// The `User-Agent` as sent, cut to ``maximumUserAgentBytes``; only ever shown, never decided by.
    package let userAgent: String

    /// Longer names are cut: they are stored with the link and the session.
    package static let maximumUserAgentBytes = 256

    package init(address: IPAddress, userAgent: String) {
        self.address = address
        self.userAgent =
            userAgent.utf8.count <= Self.maximumUserAgentBytes
            ? userAgent
            : String(decoding: userAgent.utf8.prefix(Self.maximumUserAgentBytes), as: UTF8.self)
    }
}
