/// The services beside the gateway, each able to do one dangerous thing; the gateway wakes them by their sockets.
enum HelperUnits {
    /// Leaves the machine and knows the mail password; sees neither database nor keys.
    static let mailer: ConfigText = """
        # Written by `runegate provision vps`.
        [Unit]
        Description=Runegate mailer
        Documentation=man:runegate(1)
        Requires=runegate-mailer.socket
        After=network.target nss-lookup.target runegate-mailer.socket
        \(keepsTrying)

        [Service]
        Type=notify
        ExecStart=\(Paths.binary) mailer
        Restart=on-failure
        RestartSec=1

        User=runegate-mail
        Group=runegate-mail
        LoadCredential=email.toml:\(ConfigText(quoted: Paths.mailAccount))
        \(Sandbox.noBacktrace)
        \(Sandbox.noCapability)\
        \(Sandbox.lines(
            programs: Paths.binary, families: "AF_INET AF_INET6 AF_UNIX", libraries: Sandbox.ownLibraries))\
        LimitNOFILE=1024
        MemoryMax=128M
        TasksMax=32

        """

    /// Reads WireGuard's state, which takes CAP_NET_ADMIN; can open no network socket.
    static let reader: ConfigText = """
        # Written by `runegate provision vps`.
        [Unit]
        Description=Runegate WireGuard reader
        Documentation=man:runegate(1)
        Requires=runegate-wireguard.socket
        After=runegate-wireguard.socket
        \(keepsTrying)

        [Service]
        Type=notify
        ExecStart=\(Paths.binary) wireguard-reader --interface wg0
        Restart=on-failure
        RestartSec=1

        User=runegate-wg
        Group=runegate-wg
        CapabilityBoundingSet=CAP_NET_ADMIN
        AmbientCapabilities=CAP_NET_ADMIN
        \(Sandbox.noBacktrace)
        IPAddressDeny=any
        \(Sandbox.lines(
            programs: Paths.binary, families: "AF_NETLINK AF_UNIX", libraries: Sandbox.ownLibraries))\
        LimitNOFILE=256
        MemoryMax=64M
        TasksMax=32

        """

    /// Root, but only to let an aibox in: opens its sealed request, adds it as a peer, starts Rathole, and asks the app
    /// by both ways.
    static func enroll(_ answers: VPSAnswers) -> ConfigText {
        """
        # Written by `runegate provision vps`.
        [Unit]
        Description=Runegate enrolment of an aibox
        Documentation=man:runegate(1)
        Requires=runegate-enroll.socket
        After=runegate-enroll.socket wg-quick@wg0.service
        \(keepsTrying)

        [Service]
        Type=notify
        ExecStart=\(Paths.binary) enroll
        Restart=on-failure
        RestartSec=1

        CapabilityBoundingSet=CAP_NET_ADMIN
        \(Sandbox.noBacktrace)
        IPAddressDeny=any
        IPAddressAllow=localhost
        IPAddressAllow=\(answers.tunnel.aibox)/32
        \(Sandbox.lines(programs: tools, families: "AF_INET AF_INET6 AF_NETLINK AF_UNIX"))\
        \(Sandbox.writesSettings)\
        LimitNOFILE=256
        MemoryMax=64M
        TasksMax=32

        """
    }

    /// A service that failed too often would take its socket down with it, for good (systemd.unit(5)).
    private static let keepsTrying: ConfigText = "StartLimitIntervalSec=0"

    /// What a tunnel's keys are put into force with.
    static let tools: ConfigText = "\(Paths.binary) /usr/bin/wg /usr/bin/systemctl /bin/systemctl"

    /// A socket that the gateway alone may open.
    static func socket(for service: Helper) -> ConfigText {
        """
        # Written by `runegate provision vps`.
        [Unit]
        Description=\(service.purpose)

        [Socket]
        ListenStream=\(service.socketPath)
        SocketUser=root
        SocketGroup=runegate
        SocketMode=0660
        DirectoryMode=0755
        RemoveOnStop=yes
        FileDescriptorName=\(service.descriptor)

        [Install]
        WantedBy=sockets.target

        """
    }

    enum Helper {
        case mailer, reader, enroll

        var purpose: ConfigText {
            switch self {
            case .mailer: "Runegate mailer: mails that are due"
            case .reader: "Runegate WireGuard reader: who asks for the tunnel's state"
            case .enroll: "Runegate enrolment: sealed requests of an aibox"
            }
        }

        var socketPath: ConfigText {
            switch self {
            case .mailer: "/run/runegate-mail/mail.sock"
            case .reader: "/run/runegate-wireguard/reader.sock"
            case .enroll: "/run/runegate-enroll/enroll.sock"
            }
        }

        /// What the verb knows the socket by.
        var descriptor: ConfigText {
            switch self {
            case .mailer: "mail"
            case .reader: "reader"
            case .enroll: "enroll"
            }
        }
    }
}
