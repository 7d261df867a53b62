/// Firewalls of others, which drop what ours lets in: Runegate never touches their rules.
package struct OtherFirewalls: Sendable, Hashable {
    /// The output of `ufw status`; nil when there is none.
    package let ufwStatus: String?
    package let isFirewalldActive: Bool

    package init(ufwStatus: String?, isFirewalldActive: Bool) {
        self.ufwStatus = ufwStatus
        self.isFirewalldActive = isFirewalldActive
    }

    package func result(ports: TunnelPorts) -> CheckResult {
        if let ufwStatus, ufwStatus.contains("Status: active") {
            let commands = ["80/tcp", "443/tcp", "\(ports.wireGuard)/udp", "\(ports.rathole)/tcp"]
                .filter { !ufwStatus.contains($0) }.map { "ufw allow \($0)" }
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
