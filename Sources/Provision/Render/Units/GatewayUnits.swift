/// `runegate.service`, its two sockets, and the drop-in with what it may reach.
enum GatewayUnits {
    /// Nothing but the addresses of the drop-in, no capability, no mail password.
    ///
    /// It starts with both tunnels down, and whatever stops it, it comes back: visitors wait in the socket meanwhile.
    static let service: ConfigText = """
        # Written by `runegate provision vps`.
        # A visitor wakes it when only it is stopped:
        # systemctl stop runegate.socket runegate-control.socket runegate.service
        [Unit]
        Description=Runegate gateway
        Documentation=man:runegate(1)
        Requires=runegate.socket runegate-control.socket
        Wants=runegate-wireguard.socket
        After=network.target runegate.socket runegate-control.socket runegate-wireguard.socket runegate-mailer.socket
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        ExecStart=\(Paths.binary) serve
        ExecReload=/usr/bin/kill -HUP $MAINPID
        Sockets=runegate.socket runegate-control.socket
        Restart=always
        RestartSec=1
        WatchdogSec=20
        TimeoutStopSec=75
        KillMode=mixed

        User=runegate
        Group=runegate
        StateDirectory=runegate
        StateDirectoryMode=0700
        LoadCredential=jwt-secret:\(credential("jwt-secret"))
        LoadCredential=jwt-secret-previous:\(credential("jwt-secret-previous"))
        LoadCredential=session-key:\(credential("session-key"))
        LoadCredential=session-key-previous:\(credential("session-key-previous"))
        Environment=RUNEGATE_MAILER=external
        \(Sandbox.noBacktrace)
        IPAddressDeny=any
        \(Sandbox.noCapability)\
        \(Sandbox.lines(
            programs: "\(Paths.binary) /usr/bin/kill", families: "AF_INET AF_INET6 AF_UNIX",
            libraries: Sandbox.ownLibraries))\
        LimitNOFILE=65536
        MemoryMax=512M
        TasksMax=256
        OOMPolicy=kill
        LogRateLimitIntervalSec=30s
        LogRateLimitBurst=2000

        [Install]
        WantedBy=multi-user.target

        """

    private static func credential(_ name: String) -> ConfigText {
        ConfigText(quoted: "\(Paths.credentials)/\(name)")
    }

    /// Only nginx on this machine reaches it.
    static let socket: ConfigText = """
        # Written by `runegate provision vps`.
        [Unit]
        Description=Runegate gateway: connections from nginx

        [Socket]
        ListenStream=127.0.0.1:\(LocalPort.gateway)
        FileDescriptorName=gateway
        Service=runegate.service
        Backlog=4096
        NoDelay=yes

        [Install]
        WantedBy=sockets.target

        """

    /// Whoever may open it can sign in as anyone: root and the members of `runegate-admin`.
    static let controlSocket: ConfigText = """
        # Written by `runegate provision vps`.
        [Unit]
        Description=Runegate gateway: the owner's commands

        [Socket]
        ListenStream=/run/runegate-control/control.sock
        SocketUser=root
        SocketGroup=runegate-admin
        SocketMode=0660
        DirectoryMode=0755
        RemoveOnStop=yes
        FileDescriptorName=control
        Service=runegate.service

        [Install]
        WantedBy=sockets.target

        """

    /// The kernel drops what goes elsewhere; the program is told the same list, to refuse a target outside it by name.
    static func addresses(_ answers: VPSAnswers) -> ConfigText {
        """
        # Written by `runegate provision vps` from the targets in \(ConfigText(quoted: Paths.environment)).
        [Service]
        IPAddressAllow=localhost
        IPAddressAllow=\(answers.tunnel.aibox)/32
        Environment=RUNEGATE_ALLOWED_ADDRESSES=localhost,\(answers.tunnel.aibox)/32

        """
    }
}
