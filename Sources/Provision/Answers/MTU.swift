package import GateModel

/// The largest packet of a WireGuard interface, in bytes.
package struct MTU: Hashable, Sendable, CustomStringConvertible {
    package let bytes: Int

    /// What IPv6 asks of every link (RFC 8200 §5), up to what an Ethernet carries.
    package static let allowed = 1280...1500

    /// Passes PPPoE, LTE and carrier NAT with WireGuard's 60 to 80 bytes around each packet.
    package static let standard = MTU(known: 1380)

    package init(_ text: some StringProtocol) throws(Malformed) {
        guard text.utf8.count == 4, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let bytes = Int(text), Self.allowed.contains(bytes)
        else { throw Malformed(expected: "\(Self.allowed.lowerBound) to \(Self.allowed.upperBound) bytes") }
        self.bytes = bytes
    }

    /// A size that the program itself found; nil when no link should have it.
    package init?(found bytes: Int) {
        guard Self.allowed.contains(bytes) else { return nil }
        self.bytes = bytes
    }

    private init(known bytes: Int) { self.bytes = bytes }

    package var description: String { String(bytes) }
}
