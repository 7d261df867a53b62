/// `runegate-tend`: every 30 s the aibox looks after its two tunnels, and ends a rotation that broke off.
enum TendUnits {
    static let service: ConfigText = """
        # Written by `runegate provision aibox`.
        [Unit]
        Description=Runegate: look after the tunnels
        Documentation=man:runegate(1)
        After=network-online.target wg-quick@wg0.service rathole.service

        [Service]
        Type=oneshot
        ExecStart=\(Paths.binary) tend
        TimeoutStartSec=25

        CapabilityBoundingSet=CAP_NET_ADMIN
        \(Sandbox.noBacktrace)
        StateDirectory=runegate-tend
        StateDirectoryMode=0700
        \(Sandbox.lines(
            programs: HelperUnits.tools, families: "AF_INET AF_INET6 AF_NETLINK AF_UNIX"))\
        \(Sandbox.writesSettings)\
        LimitNOFILE=256
        MemoryMax=64M
        TasksMax=32

        """

    static let timer: ConfigText = """
        # Written by `runegate provision aibox`.
        [Unit]
        Description=Runegate: look after the tunnels every 30 s

        [Timer]
        OnBootSec=30s
        OnUnitInactiveSec=30s
        AccuracySec=5s

        [Install]
        WantedBy=timers.target

        """
}
