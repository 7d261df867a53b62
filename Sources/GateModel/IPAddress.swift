import Glibc

/// An IPv4 or IPv6 address, without zone.
///
/// IPv4-mapped IPv6 addresses become IPv4.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address in network order: 4 or 16 bytes.
    package let bytes: [UInt8]

    /// Reads the presentation form of `inet_pton(3)`; no brackets, no zone, no port.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let text = String(text)
        // C would take the text up to a NUL for the whole.
        guard !text.utf8.contains(0) else {
            throw Malformed(expected: "an IP address, such as 192.0.2.1 or 2001:db8::1")
        }
        var four = in_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            self.init(bytes: withUnsafeBytes(of: &four) { Array($0) })
            return
        }
        var sixteen = in6_addr()
        guard inet_pton(AF_INET6, text, &sixteen) == 1 else {
            throw Malformed(expected: "an IP address, such as 192.0.2.1 or 2001:db8::1")
        }
        self.init(bytes: withUnsafeBytes(of: &sixteen) { Array($0) })
    }

    /// Takes 4 or 16 bytes in network order.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an IP address has 4 or 16 bytes")
        let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
        self.bytes =
            bytes.count == 16 && bytes.starts(with: mappedPrefix) ? Array(bytes.suffix(4)) : bytes
    }

    package var isIPv4: Bool { bytes.count == 4 }

    /// 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        isIPv4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// 0.0.0.0 or ::.
    package var isUnspecified: Bool { bytes.allSatisfy { $0 == 0 } }

    package var description: String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = inet_ntop(isIPv4 ? AF_INET : AF_INET6, bytes, &buffer, socklen_t(buffer.count))
        return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The address as a URI writes it: IPv6 in brackets (RFC 3986 §3.2.2).
    package var uriHost: String { isIPv4 ? description : "[\(description)]" }
}

/// An address block in CIDR notation (RFC 4632).
package struct IPNetwork: Hashable, Sendable, CustomStringConvertible {
    /// The first address; bits behind the prefix are zero.
    package let base: IPAddress
    package let prefixLength: Int

    /// Reads `192.0.2.0/24`; a bare address is a block of one.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let malformed = Malformed(expected: "an address or a block, such as 192.0.2.7 or 2001:db8::/32")
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let address = try? IPAddress(first) else { throw malformed }
        let width = address.bytes.count * 8
        guard parts.count == 2 else {
            self.init(base: address, prefixLength: width)
            return
        }
        // `::ffff:10.0.0.0/24` would mean another block in either family.
        guard let length = Int(parts[1]), (0...width).contains(length), parts[1].first?.isNumber == true,
            address.isIPv4 != first.contains(":")
        else { throw malformed }
        self.init(base: address, prefixLength: length)
    }

    /// The block of `prefixLength` bits around `base`.
    package init(base: IPAddress, prefixLength: Int) {
        let masked = base.bytes.enumerated().map { index, byte -> UInt8 in
            let bits = max(0, min(8, prefixLength - index * 8))
            return byte & UInt8(truncatingIfNeeded: 0xff00 >> bits)
        }
        self.base = IPAddress(bytes: masked)
        self.prefixLength = prefixLength
    }

    package func contains(_ address: IPAddress) -> Bool {
        address.bytes.count == base.bytes.count
            && IPNetwork(base: address, prefixLength: prefixLength).base == base
    }

    package var description: String { "\(base)/\(prefixLength)" }
}
