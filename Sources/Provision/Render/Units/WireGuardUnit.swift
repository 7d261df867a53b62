/// What is added to the distribution's `wg-quick@wg0.service`, on either machine.
enum WireGuardUnit {
    /// Once it has failed, at boot before the name server answers for instance, nothing else would start it again.
    static func dropIn(_ machine: Plan.Machine) -> ConfigText {
        """
        # Written by `runegate provision \(machine == .vps ? "vps" : "aibox")`.
        [Unit]
        After=runegate-firewall.service
        StartLimitIntervalSec=0

        [Service]
        Restart=on-failure
        RestartSec=10

        """
    }

    static let dropInName = "wg-quick@wg0.service.d/runegate.conf"
}
