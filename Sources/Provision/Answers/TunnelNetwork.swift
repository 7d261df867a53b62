package import GateModel

/// The addresses of the two machines inside the tunnel.
package struct TunnelNetwork: Hashable, Sendable, CustomStringConvertible {
    /// The block that both come from; the rest of it is not used.
    package let block: IPNetwork
    /// The first host of the block.
    package let vps: IPAddress
    /// The second host of the block.
    package let aibox: IPAddress

    /// Where addresses are free to be used by anybody (RFC 1918 §3, RFC 6598 §7).
    private static let free = [
        IPNetwork(base: IPAddress(bytes: [10, 0, 0, 0]), prefixLength: 8),
        IPNetwork(base: IPAddress(bytes: [172, 16, 0, 0]), prefixLength: 12),
        IPNetwork(base: IPAddress(bytes: [192, 168, 0, 0]), prefixLength: 16),
        IPNetwork(base: IPAddress(bytes: [100, 64, 0, 0]), prefixLength: 10),
    ]

    /// 10.0.0.1 and 10.0.0.2.
    package static let standard = TunnelNetwork(
        block: IPNetwork(base: IPAddress(bytes: [10, 0, 0, 0]), prefixLength: 24))

    /// Reads a private IPv4 block with room for two hosts, such as `10.0.0.0/24`.
    ///
    /// IPv4 only: an app that listens on 127.0.0.1 alone is reached through it, and IPv6 has no
    /// `route_localnet`.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let malformed = Malformed(
            expected: "a private IPv4 network of /30 or larger, such as 10.0.0.0/24 or 192.168.77.0/30")
        guard text.contains("/"), let block = try? IPNetwork(text), block.base.isIPv4,
            block.prefixLength <= 30,
            Self.free.contains(where: { $0.contains(block.base) && $0.prefixLength <= block.prefixLength })
        else { throw malformed }
        // 10.0.0.7/24 would silently mean something else than it says.
        guard text.prefix(while: { $0 != "/" }) == block.base.description else {
            throw Malformed(expected: "the first address of the block: \(block)")
        }
        self.init(block: block)
    }

    private init(block: IPNetwork) {
        self.block = block
        var host = block.base.bytes
        // The block's first address ends in an even byte, /30 leaves room for two more.
        host[3] += 1
        self.vps = IPAddress(bytes: host)
        host[3] += 1
        self.aibox = IPAddress(bytes: host)
    }

    package var description: String { block.description }
}
