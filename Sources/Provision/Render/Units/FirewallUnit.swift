/// `runegate-firewall.service`: loads our table at boot.
enum FirewallUnit {
    private static let load = ConfigText(quoted: "/usr/sbin/nft -f \(Paths.firewall)")

    static func render(_ machine: Plan.Machine) -> ConfigText {
        """
        # Written by `runegate provision \(machine == .vps ? "vps" : "aibox")`.
        [Unit]
        Description=Runegate firewall table
        Documentation=man:runegate(1)
        DefaultDependencies=no
        Wants=network-pre.target
        After=local-fs.target systemd-sysusers.service nftables.service ufw.service firewalld.service
        Before=network-pre.target wg-quick@wg0.service shutdown.target
        Conflicts=shutdown.target

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=\(load)
        ExecReload=\(load)
        ExecStop=-/usr/sbin/nft delete table inet runegate

        CapabilityBoundingSet=CAP_NET_ADMIN
        \(Sandbox.lines(programs: "/usr/sbin/nft", families: "AF_NETLINK AF_UNIX"))\
        # A directory of its own would have to wait for the one that all share.
        PrivateTmp=no

        [Install]
        WantedBy=sysinit.target

        """
    }

    static let dropInName = "nftables.service.d/runegate.conf"

    /// The distribution's service flushes every table when it starts, reloads or stops, and so ours with them.
    static func dropIn(_ machine: Plan.Machine) -> ConfigText {
        """
        # Written by `runegate provision \(machine == .vps ? "vps" : "aibox")`.
        [Service]
        ExecStartPost=-\(load)
        ExecReload=-\(load)
        ExecStopPost=-\(load)

        """
    }
}
