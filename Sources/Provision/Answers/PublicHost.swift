package import GateModel

/// How the aibox finds the VPS on the Internet: a name or an address.
package struct PublicHost: Hashable, Sendable, CustomStringConvertible {
    /// Lower-case name, IPv4 address, or IPv6 address without brackets.
    package let text: String
    /// Nil for a name.
    package let address: IPAddress?

    /// Reads `app.example.com`, `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`.
    package init(_ text: some StringProtocol) throws(Malformed) {
        if let address = try? IPAddress(text), !address.isUnspecified {
            self.address = address
            self.text = address.description
            return
        }
        // `HostAndPort` also refuses names that end in a number, about which resolvers disagree.
        guard let split = HostAndPort.split(text), split.port == nil else {
            throw Malformed(
                expected: "a name or an address, such as app.example.com, 192.0.2.1 or 2001:db8::1")
        }
        let address = try? IPAddress(split.host)
        guard address?.isUnspecified != true else {
            throw Malformed(expected: "an address that other machines can reach")
        }
        self.address = address
        self.text = split.host
    }

    package init(_ name: DomainName) {
        self.text = name.ascii
        self.address = nil
    }

    /// `host:port`, IPv6 in brackets (RFC 3986 §3.2.2): what WireGuard and Rathole both read.
    package func endpoint(port: Port) -> String { "\(address?.uriHost ?? text):\(port)" }

    package var description: String { text }
}
