package import GateModel

/// Whether the domain leads to this machine.
package struct NameCheck: Sendable, Hashable {
    package let domain: DomainName
    /// What the name stands for now.
    package let found: [IPAddress]
    /// This machine's own addresses, loopback left out.
    package let own: [IPAddress]

    package init(domain: DomainName, found: [IPAddress], own: [IPAddress]) {
        self.domain = domain
        self.found = found
        self.own = own
    }

    package var result: CheckResult {
        let records = found.map(\.description).joined(separator: ", ")
        let publicOnes = own.filter { !Self.isPrivate($0) }
        guard !found.isEmpty else {
            return CheckResult(
                "name", .fail,
                "\(domain) has no address, so no visitor and no certificate authority finds it. Add an A or AAAA record "
                    + "with this machine's address"
                    + (publicOnes.first.map { " (\($0))" } ?? "")
                    + ", wait for it, then run the same command again.")
        }
        let strangers = found.filter { !own.contains($0) }
        if strangers.isEmpty { return CheckResult("name", .pass, "\(domain) is this machine (\(records))") }
        if publicOnes.isEmpty {
            return CheckResult(
                "name", .warn,
                "\(domain) is \(records), which none of this machine's private addresses is. Right if your provider "
                    + "translates addresses; else the certificate will not be issued.")
        }
        return CheckResult(
            "name", .fail,
            "\(domain) is \(records), but this machine is \(publicOnes.map(\.description).joined(separator: ", ")). "
                + "Point its A and AAAA records here, and remove those that lead elsewhere.")
    }

    /// Addresses that nobody on the Internet can reach (RFC 1918, RFC 6598, RFC 4193, link-local).
    static func isPrivate(_ address: IPAddress) -> Bool {
        let bytes = address.bytes
        guard address.isIPv4 else {
            return bytes[0] & 0xfe == 0xfc || bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
        }
        switch (bytes[0], bytes[1]) {
        case (10, _), (172, 16...31), (192, 168), (100, 64...127), (169, 254), (127, _): return true
        default: return false
        }
    }
}
