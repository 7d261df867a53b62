/// What systemd takes away from every service of ours (systemd.exec(5)).
///
/// `systemd-analyze security` counts it; that each service also runs in it is tested on a booted system.
enum Sandbox {
    /// The lines that all have; a unit adds who it is, what it may still do, and what it talks to.
    ///
    /// Memory for code is never writable, which Swift needs not; nothing but the named programs and what lies among
    /// the libraries' directories can be executed. `NoExecPaths=/` alone would leave out what is mounted for the unit, and files
    /// that are memory only. A ring (io_uring(7)) would make sockets of families that are refused otherwise. Swift's
    /// runtime gives every thread a priority, and complains in the journal when it may not: it is told that it has.
    ///
    /// - Parameters:
    ///   - programs: Absolute paths with a blank between.
    ///   - families: What sockets may be made, such as `AF_UNIX`.
    ///   - libraries: Where the programs' libraries are.
    /// - Returns: Whole lines of a `[Service]` section.
    static func lines(
        programs: ConfigText, families: ConfigText, libraries: ConfigText = everyLibrary
    ) -> ConfigText {
        """
        UMask=0077
        NoNewPrivileges=yes
        ProtectSystem=strict
        ProtectHome=yes
        PrivateTmp=yes
        PrivateDevices=yes
        DevicePolicy=closed
        PrivateMounts=yes
        PrivateIPC=yes
        ProtectHostname=yes
        ProtectClock=yes
        ProtectKernelTunables=yes
        ProtectKernelModules=yes
        ProtectKernelLogs=yes
        ProtectControlGroups=yes
        ProtectProc=invisible
        ProcSubset=pid
        RemoveIPC=yes
        KeyringMode=private
        RestrictAddressFamilies=\(families)
        RestrictNamespaces=yes
        RestrictRealtime=yes
        RestrictSUIDSGID=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources @aio memfd_create
        SystemCallFilter=~setpriority:0
        SystemCallErrorNumber=EPERM
        NoExecPaths=/ -/tmp -/var/tmp -/dev/shm
        ExecPaths=\(programs) \(libraries)
        LimitCORE=0

        """
    }

    /// Wherever a distribution has them; hundreds of programs lie there, too.
    private static let everyLibrary: ConfigText = "/usr/lib /lib -/lib64 -/usr/lib64"

    /// Where the libraries are that Runegate itself needs, on the machines that it is built for: next to no program.
    static let ownLibraries: ConfigText = """
        -/usr/lib/x86_64-linux-gnu -/usr/lib/aarch64-linux-gnu -/lib/x86_64-linux-gnu -/lib/aarch64-linux-gnu \
        -/lib64 -/usr/lib64
        """

    /// No capability at all, and root outside is nobody inside.
    static let noCapability: ConfigText = """
        CapabilityBoundingSet=
        AmbientCapabilities=
        PrivateUsers=yes

        """

    /// For root units that write the tunnels' files, each with its owner.
    static let writesSettings: ConfigText = """
        ReadWritePaths=/etc/wireguard -/etc/rathole /etc/runegate
        SystemCallFilter=@chown

        """

    /// A backtrace prints memory, and secrets are in memory.
    static let noBacktrace: ConfigText = "Environment=SWIFT_BACKTRACE=enable=no\n"
}
