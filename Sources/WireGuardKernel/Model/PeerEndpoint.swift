package import GateModel

/// The UDP address of a peer.
package struct PeerEndpoint: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Reads `192.0.2.1:51820`, `[2001:db8::1]:51820` or `[fe80::1%eth0]:51820`; the zone is left out.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.first == "[", host.last == "]" {
            host = host.dropFirst().dropLast()
            host = host.prefix { $0 != "%" }
        }
        guard let address = try? IPAddress(host) else { return nil }
        self.init(address: address, port: port)
    }

    package var description: String { "\(address.uriHost):\(port)" }
}
