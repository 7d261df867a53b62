/// What systemd makes users and kernel settings of.
enum SystemFiles {
    /// Static users: files keep their owner over a reboot (sysusers.d(5)).
    static let vpsUsers: ConfigText = """
        # Written by `runegate provision vps`.
        # Whoever is in runegate-admin may open the control socket, and so sign in as anyone.
        g runegate-admin - -
        u runegate - "Runegate gateway" /var/lib/runegate /usr/sbin/nologin
        u runegate-mail - "Runegate mailer" / /usr/sbin/nologin
        u runegate-wg - "Runegate WireGuard reader" / /usr/sbin/nologin
        u rathole - "Rathole tunnel" / /usr/sbin/nologin

        """

    static let aiboxUsers: ConfigText = """
        # Written by `runegate provision aibox`.
        u rathole - "Rathole tunnel" / /usr/sbin/nologin

        """

    /// Lets the gateway, which has no capability, send echo requests through the tunnel.
    ///
    /// For every group, as systemd itself sets it where a distribution lets it: narrower than what is in force would
    /// take `ping` away from others, and a group's number is not known before the group is.
    static let pingGroups: ConfigText = """
        # Written by `runegate provision vps`: the gateway asks the tunnel by ICMP whether it lives.
        net.ipv4.ping_group_range = 0 2147483647

        """
}
