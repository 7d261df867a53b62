/// Firewalls of others, which drop what ours lets in: Runegate never touches their rules.
package struct OtherFirewalls: Sendable, Hashable {
    /// What `ufw status` says; nil when there is none.
    package let ufw: UfwStatus?
    package let isFirewalldActive: Bool

    package init(ufw: UfwStatus?, isFirewalldActive: Bool) {
        self.ufw = ufw
        self.isFirewalldActive = isFirewalldActive
    }

    package func result(ports: TunnelPorts) -> CheckResult {
        let wanted: [(port: UInt16, transport: WantedPort.Transport)] = [
            (80, .tcp), (443, .tcp), (ports.wireGuard.number, .udp), (ports.rathole.number, .tcp),
        ]
        if let ufw, ufw.isActive {
            let commands = wanted.filter { !ufw.allows($0.port, $0.transport) }
                .map { "ufw allow \($0.port)/\($0.transport.rawValue.lowercased())" }
            guard !commands.isEmpty else { return CheckResult("firewall", .pass, "ufw lets our ports in") }
            return CheckResult(
                "firewall", .warn,
                "ufw is active and drops what it does not know. Let visitors and the aibox in: "
                    + commands.joined(separator: " && "))
        }
        if isFirewalldActive {
            return CheckResult(
                "firewall", .warn,
                "firewalld is active and drops what it does not know. Let visitors and the aibox in: firewall-cmd "
                    + "--permanent --add-service=http --add-service=https --add-port=\(ports.wireGuard)/udp "
                    + "--add-port=\(ports.rathole)/tcp && firewall-cmd --reload")
        }
        return CheckResult("firewall", .pass, "no other one is active")
    }
}
