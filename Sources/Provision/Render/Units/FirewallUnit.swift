/// `runegate-firewall.service`: loads our table at boot, and again when the distribution's service flushed all tables.
enum FirewallUnit {
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
        # nftables.service flushes every table when it starts or reloads.
        PartOf=nftables.service
        ReloadPropagatedFrom=nftables.service

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/sbin/nft -f \(ConfigText(quoted: Paths.firewall))
        ExecReload=/usr/sbin/nft -f \(ConfigText(quoted: Paths.firewall))
        ExecStop=-/usr/sbin/nft delete table inet runegate

        [Install]
        WantedBy=sysinit.target

        """
    }
}
