import GateModel
import Testing

@testable import GateConfig

@Test func `128 hexadecimal digits are 64 bytes`() throws {
    let settings = try settings(
        from: ConfigSources(environment: ["RUNEGATE_SESSION_KEY": goodSessionKey.uppercased()]))
    #expect(settings.tokens.sessionKey.bytes.count == 64)
    #expect(settings.tokens.sessionKey.bytes.prefix(3) == [0x8f, 0x1d, 0x2c])
    let text = String(goodSessionKey.dropLast()) + "g"
    let other = try developmentSettings(["RUNEGATE_SESSION_KEY": text])
    #expect(other.tokens.sessionKey.bytes == Array(text.utf8))
}

private func developmentSettings(_ environment: [String: String]) throws -> Settings {
    try settings(from: ConfigSources(environment: environment))
}

@Test(arguments: [
    ("RUNEGATE_JWT_SECRET", "too short", "at least 32 bytes; these are 9"),
    ("RUNEGATE_JWT_SECRET", String(repeating: "abc", count: 20), "a random secret"),
    (
        "RUNEGATE_SESSION_KEY", String(repeating: "0123456789abcdef", count: 3),
        "at least 64 bytes; these are 48"
    ),
    ("RUNEGATE_SESSION_KEY", String(repeating: "0", count: 128), "a random secret"),
    ("RUNEGATE_JWT_SECRET_PREVIOUS", "\(goodSecret),short", "at least 32 bytes; these are 5"),
])
func `a weak secret is refused without being shown`(name: String, value: String, expected: String) {
    let problems = problems([name: value])
    #expect(problems.count == 1)
    #expect(problems[0].hasPrefix("environment: \(name) is (hidden); expected \(expected)"), "\(problems)")
    #expect(!problems[0].contains(value))
}

@Test func `former secrets are a list`() throws {
    let tokens = try developmentSettings([
        "RUNEGATE_JWT_SECRET_PREVIOUS": "\(goodSecret), \(goodSecret.uppercased()) ,",
        "RUNEGATE_SESSION_KEY_PREVIOUS": goodSessionKey,
    ]).tokens
    #expect(tokens.jwtSecretPrevious.map(\.text) == [goodSecret, goodSecret.uppercased()])
    #expect(tokens.sessionKeyPrevious.map(\.bytes.count) == [64])
}

@Test func `a credential loses the newline behind a text and no byte of anything else`() throws {
    let binary = Array(UInt8(0)..<31) + [0x0a]
    let texts: [String: [UInt8]] = ["jwt-secret": binary, "session-key": Array("\(goodSessionKey)\r\n".utf8)]
    let sources = ConfigSources(credential: { name in texts[name].map { Secret(bytes: $0) } })
    let tokens = try settings(from: sources).tokens
    #expect(tokens.jwtSecret.bytes == binary)
    #expect(tokens.sessionKey.bytes.count == 64)
}

@Test func `a credential that cannot be read is an error, not an absent one`() {
    let sources = ConfigSources(credential: { name throws(Fault) in
        throw Fault(
            code: "credential-unreadable", problem: "The credential \(name) is odd", remedy: "Look at it.")
    })
    let problems = ConfigLoader.load(sources).problems
    #expect(problems.count == 5, "four secrets and email.toml: \(problems)")
    #expect(problems.first?.hasPrefix("credential jwt-secret: RUNEGATE_JWT_SECRET is") == true)
}

@Test func `no secret gets into anything that is printed`() {
    let secrets = [
        "RUNEGATE_JWT_SECRET", "RUNEGATE_SESSION_KEY", "RUNEGATE_JWT_SECRET_PREVIOUS",
        "RUNEGATE_SESSION_KEY_PREVIOUS",
    ]
    for name in secrets {
        for value in ["hunter2", "hunter2" + goodSessionKey, "hunter2hunter2hunter2hunter2hunter2,hunter2"] {
            let files = MemoryFiles(
                [
                    "/etc/runegate/runegate.toml": "\(name.dropFirst(9).lowercased()) = \"\(value)\"",
                    "/etc/runegate/runegate.env": "\(name)=\(value)",
                ], mode: 0o644)
            for environment in ["development", "production"] {
                var sources = production([name: value, "RUNEGATE_ENV": environment], files: files)
                sources.environment["RUNEGATE_BASE_URL"] =
                    environment == "production" ? "https://a.example.com" : nil
                sources.flags = [ConfigSources.Flag(flag: "--x", name: name, value: value)]
                let loaded = ConfigLoader.load(sources)
                let report = CheckReport(loaded)
                let printed = "\(loaded) \(report) \(report.text(showsDefaults: true)) \(loaded.problems)"
                #expect(!printed.contains("hunter2"), "\(name) in \(environment)")
            }
        }
    }
}

@Test func `a secret that others can read is told`() {
    let files = MemoryFiles(["/etc/runegate/runegate.env": "RUNEGATE_JWT_SECRET=\(goodSecret)"], mode: 0o640)
    #expect(
        ConfigLoader.load(ConfigSources(files: files)).warnings.map(\.description) == [
            "/etc/runegate/runegate.env:1:21: RUNEGATE_JWT_SECRET can be read by others. "
                + "Run: chmod 600 /etc/runegate/runegate.env"
        ])
}
