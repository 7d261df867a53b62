/// `rathole.service`, on either side.
enum RatholeUnit {
    enum Side {
        case server, client
    }

    /// Rathole keeps trying by itself; what ends it is a crash, and then it is back within a second.
    ///
    /// It gets its configuration as a credential: the file stays root's.
    static func render(_ side: Side, program: ProgramPath) -> ConfigText {
        let machine: ConfigText = side == .server ? "vps" : "aibox"
        let role: ConfigText = side == .server ? "server" : "client"
        return """
            # Written by `runegate provision \(machine)`.
            [Unit]
            Description=Rathole \(role) for Runegate
            Documentation=man:runegate(1)
            Wants=network-online.target
            After=network-online.target
            StartLimitIntervalSec=0

            [Service]
            Type=exec
            ExecStart=\(program) --\(role) %d/\(role).toml
            Restart=always
            RestartSec=1

            User=rathole
            Group=rathole
            LoadCredential=\(role).toml:/etc/rathole/\(role).toml
            Environment=RUST_LOG=info

            \(Sandbox.noCapability)\
            \(Sandbox.lines(programs: "\(program)", families: "AF_INET AF_INET6 AF_UNIX"))\
            LimitNOFILE=65536
            MemoryMax=256M
            TasksMax=64

            [Install]
            WantedBy=multi-user.target

            """
    }
}
