import GateConfig
import GateModel
import Testing

/// A file system in a table.
struct MemoryFiles: ConfigFiles {
    var contents: [String: ConfigFileContent]

    init(_ texts: [String: String] = [:], mode: UInt32 = 0o600) {
        self.contents = texts.mapValues { .file(bytes: Array($0.utf8), mode: mode) }
    }

    func read(_ path: String) -> ConfigFileContent { contents[path] ?? .absent }
    func exists(_ path: String) -> Bool { contents[path] != nil }
}

/// 64 hexadecimal digits that no generator would call weak.
let goodSecret = "8f1d2c3b4a5968778695a4b3c2d1e0f00f1e2d3c4b5a69788796a5b4c3d2e1f0"
let goodSessionKey = goodSecret + "0123456789abcdeffedcba98765432100123456789abcdeffedcba9876543210"

/// Sources of a production run that is right.
func production(
    _ environment: [String: String] = [:], files: MemoryFiles = MemoryFiles(),
    reader: ConfigSources.Reader = .serve
) -> ConfigSources {
    let given = [
        "RUNEGATE_ENV": "production", "RUNEGATE_BASE_URL": "https://app.example.com",
        "RUNEGATE_ALLOWED_EMAILS": "ann@example.com", "STATE_DIRECTORY": "/var/lib/runegate",
        "RUNEGATE_MAIL_TRANSPORT": "none", "CREDENTIALS_DIRECTORY": "/run/credentials/runegate.service",
    ]
    return ConfigSources(
        reader: reader, environment: given.merging(environment) { _, new in new }, files: files,
        credential: credentials(["jwt-secret": goodSecret, "session-key": goodSessionKey + "\n"]))
}

func credentials(_ texts: [String: String]) -> @Sendable (String) throws(Fault) -> Secret? {
    { name in texts[name].map { Secret(text: $0) } }
}

extension LoadedConfiguration {
    /// The errors as they are printed.
    var problems: [String] {
        switch settings {
        case .success: []
        case .failure(let problems): problems.errors.map(\.description)
        }
    }
}

/// The settings, or a failed test that says what was wrong with them.
func settings(from sources: ConfigSources, sourceLocation: SourceLocation = #_sourceLocation) throws
    -> Settings
{
    let loaded = ConfigLoader.load(sources)
    try #require(loaded.problems.isEmpty, "\(loaded.problems)", sourceLocation: sourceLocation)
    return try loaded.settings.get()
}

/// The problems of a development run with this environment.
func problems(_ environment: [String: String]) -> [String] {
    ConfigLoader.load(ConfigSources(environment: environment)).problems
}
