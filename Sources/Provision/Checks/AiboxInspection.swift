import Glibc

/// Looks at the aibox before its join code is used up: it has no name, no open port and no mail.
package struct AiboxInspection: Sendable {
    private let tunnel: TunnelNetwork
    private let mayInstall: Bool
    /// Whether wg0.conf is ours already: then the interface of that name is, too.
    private let isInstalled: Bool

    package init(tunnel: TunnelNetwork, mayInstall: Bool, isInstalled: Bool) {
        self.tunnel = tunnel
        self.mayInstall = mayInstall
        self.isInstalled = isInstalled
    }

    /// Every finding; installs what is missing when that is allowed and nothing else is wrong.
    package func results() -> [CheckResult] {
        var results = [
            Distribution(osRelease: MachineFile.text("/etc/os-release") ?? "").result,
            MachineInspection.clock.result,
            MachineInspection.networks.result(for: tunnel, on: .aibox),
            Self.interface(exists: access("/sys/class/net/wg0", F_OK) == 0, isOurs: isInstalled),
        ]
        let isRight = !results.contains { $0.verdict == .fail }
        results.append(
            MachineInspection.packages(PackageCheck.aibox, mayInstall: mayInstall, isRight: isRight))
        return results
    }

    /// Two things cannot be called wg0.
    static func interface(exists: Bool, isOurs: Bool) -> CheckResult {
        guard exists, !isOurs else { return CheckResult("interface", .pass, "wg0 is free or ours") }
        return CheckResult(
            "interface", .fail,
            "wg0 is there already and not Runegate's. See what it is for (`wg show wg0`), then take it away or give it "
                + "another name: `wg-quick down wg0`, or the settings of whoever brings it up.")
    }
}
