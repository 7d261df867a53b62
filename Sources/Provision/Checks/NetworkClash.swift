package import GateModel

/// The networks that a machine is in or sends to, as far as the tunnel's addresses could clash with them.
package struct LocalNetworks: Sendable, Hashable {
    package struct Network: Sendable, Hashable {
        /// Such as `eth0`, or `a route over eth0`.
        package let name: String
        package let block: IPNetwork

        package init(name: String, block: IPNetwork) {
            self.name = name
            self.block = block
        }
    }

    package let networks: [Network]
    package let resolvers: [IPAddress]

    package init(networks: [Network], resolvers: [IPAddress]) {
        self.networks = networks
        self.resolvers = resolvers
    }

    /// Reads `/proc/net/route`: IPv4 routes but the default one; addresses are little-endian there.
    package static func routes(_ text: String) -> [Network] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(whereSeparator: { $0 == "\t" || $0 == " " })
            guard fields.count > 7, let base = address(fields[1]), let mask = UInt32(fields[7], radix: 16),
                mask != 0
            else { return nil }
            let block = IPNetwork(base: base, prefixLength: mask.nonzeroBitCount)
            return Network(name: "a route over \(fields[0])", block: block)
        }
    }

    /// Reads `/etc/resolv.conf` (resolv.conf(5)).
    package static func resolvers(_ text: String) -> [IPAddress] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard words.count > 1, words[0] == "nameserver" else { return nil }
            return try? IPAddress(words[1].prefix { $0 != "%" })
        }
    }

    private static func address(_ hexadecimal: Substring) -> IPAddress? {
        guard hexadecimal.count == 8, let value = UInt32(hexadecimal, radix: 16) else { return nil }
        return IPAddress(bytes: (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
    }

    /// Whether the tunnel's two addresses mean somebody else here already; our own interface does not count.
    package func result(
        for tunnel: TunnelNetwork, on machine: Plan.Machine, interface: String = "wg0"
    ) -> CheckResult {
        guard let clash = clash(of: tunnel, interface: interface) else {
            return CheckResult("tunnel addresses", .pass, "\(tunnel.vps) and \(tunnel.aibox) are free")
        }
        let free = Self.others.first { self.clash(of: $0, interface: interface) == nil }
        let choice = "--tunnel-network \(free?.description ?? "NETWORK")"
        let remedy =
            switch machine {
            case .vps:
                "Choose a private network that neither machine uses: \(choice); the join tells the aibox"
            case .aibox:
                "The join code was not used. On the VPS choose a private network that neither machine uses: sudo runegate provision vps "
                    + "\(choice), then join with a new code (sudo runegate provision join)"
            }
        return CheckResult(
            "tunnel addresses", .fail, "\(tunnel) clashes: \(clash), which would be cut off. \(remedy).")
    }

    /// Networks that few have, of every kind.
    private static let others = ["10.87.13.0/24", "172.29.87.0/24", "192.168.187.0/24", "100.87.13.0/24"]
        .compactMap { try? TunnelNetwork($0) }

    /// Who has one of the tunnel's two addresses already, in words; nil when nobody has.
    private func clash(of tunnel: TunnelNetwork, interface: String) -> String? {
        let ends = [tunnel.vps, tunnel.aibox]
        let others = networks.filter { !$0.name.split(separator: " ").contains(Substring(interface)) }
        if let clash = others.first(where: { network in ends.contains(where: network.block.contains) }) {
            return "\(clash.name) has \(clash.block)"
        }
        return resolvers.first(where: ends.contains).map { "this machine asks \($0) for names" }
    }
}
