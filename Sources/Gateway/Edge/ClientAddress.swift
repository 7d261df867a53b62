import GateModel
import NIOCore

// Who the visitor is on the network: the peer itself, or what trusted proxies say of him.

/// Reads the visitor's address out of `X-Forwarded-For`.
struct ClientAddress: Sendable {
    let trusted: [IPNetwork]

    func isTrusted(_ address: IPAddress) -> Bool {
        trusted.contains { $0.contains(address) }
    }

    /// The last address in the chain that is no trusted proxy: everything left of it the visitor may have
    /// written himself.
    ///
    /// - Parameters:
    ///   - peer: Nil for a Unix socket, which is always trusted.
    ///   - forwarded: The `X-Forwarded-For` fields in order, joined by commas; nil when there is none.
    /// - Returns: Where the chain is malformed, the last trusted hop that could be read.
    func visitor(peer: IPAddress?, forwarded: String?) -> IPAddress {
        var hop = peer ?? Self.thisMachine
        guard let forwarded, peer == nil || isTrusted(hop) else { return hop }
        for part in forwarded.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .reversed()
        {
            guard let address = Self.read(part) else { return hop }
            hop = address
            guard isTrusted(address) else { return hop }
        }
        return hop
    }

    static let thisMachine = IPAddress(bytes: [127, 0, 0, 1])

    /// A bare address; some proxies add brackets or a port.
    private static func read(_ part: Substring.UTF8View) -> IPAddress? {
        var text = Substring(part)
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        if let address = try? IPAddress(text) { return address }
        guard let (host, _) = HostAndPort.split(text) else { return nil }
        return try? IPAddress(host)
    }
}
