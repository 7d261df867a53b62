package import GateModel

/// Everything that configuration is read from, as values: nothing in this module looks at the process itself.
package struct ConfigSources: Sendable {
    /// On whose behalf the configuration is read: that decides what must be there.
    package enum Reader: Sendable {
        /// `runegate serve` and `runegate demo`: all of it.
        case serve
        /// `runegate check`: as `serve`, but credentials that only the unit gets may be out of sight.
        case check
        /// `runegate mailer`: the mail settings; no keys, no policy, no database.
        case mailer
    }

    /// A setting given on the command line.
    package struct Flag: Sendable, Equatable {
        /// As it was typed, such as `--listen`.
        package var flag: String
        /// The variable that it stands for, such as `RUNEGATE_LISTEN`.
        package var name: String
        package var value: String

        package init(flag: String, name: String, value: String) {
            self.flag = flag
            self.name = name
            self.value = value
        }
    }

    package var reader: Reader
    package var environment: [String: String]
    package var files: any ConfigFiles
    /// Where `runegate.toml`, `runegate.env` and `config/email.toml` are.
    package var directory: String
    /// Reads a systemd credential by name; nil when there is none.
    package var credential: @Sendable (String) throws(Fault) -> Secret?
    package var flags: [Flag]
    /// Whether `./.env` and `./config/email.toml` may be read, in development.
    package var usesCurrentDirectory: Bool
    /// Whether the process is root, whose configuration does not come from wherever it happens to stand.
    package var isRoot: Bool
    /// What `RUNEGATE_WORKERS` is when nobody says.
    package var coreCount: Int
    /// Unpredictable bytes, for the secrets of a development run.
    package var random: @Sendable (Int) -> [UInt8]

    /// No sources but those named: what a test starts from.
    package init(
        reader: Reader = .serve, environment: [String: String] = [:],
        files: any ConfigFiles = NoConfigFiles(),
        credential: @escaping @Sendable (String) throws(Fault) -> Secret? = { _ in nil }, flags: [Flag] = []
    ) {
        self.reader = reader
        self.environment = environment
        self.files = files
        self.directory = "/etc/runegate"
        self.credential = credential
        self.flags = flags
        self.usesCurrentDirectory = false
        self.isRoot = false
        self.coreCount = 1
        self.random = { count in
            var generator = SystemRandomNumberGenerator()
            return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        }
    }
}

/// A file system with nothing in it.
package struct NoConfigFiles: ConfigFiles {
    package init() {}
    package func read(_ path: String) -> ConfigFileContent { .absent }
    package func exists(_ path: String) -> Bool { false }
}
