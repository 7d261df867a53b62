import Foundation
import GateModel
import Testing

@testable import GateConfig

/// Files that are made from the table of keys.
///
/// `UPDATE_GENERATED=1 swift test --filter GateConfigTests` rewrites them.
private let generated: [(path: String, text: @Sendable () -> String)] = [
    ("docs/CONFIGURATION.md", { ConfigurationReference.render() }),
    ("config/runegate.env.example", { SampleFiles.environmentFile() }),
    ("config/runegate.toml.example", { SampleFiles.tomlFile() }),
    ("config/email.toml.example", { SampleFiles.mailAccount() }),
]

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

@Test(arguments: generated.indices)
func `a generated file says what the table says`(index: Int) throws {
    let (path, render) = generated[index]
    let file = root.appendingPathComponent(path)
    if ProcessInfo.processInfo.environment["UPDATE_GENERATED"] == "1" {
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try render().write(to: file, atomically: true, encoding: .utf8)
    }
    let committed = try String(contentsOf: file, encoding: .utf8)
    #expect(committed == render(), "run: UPDATE_GENERATED=1 swift test --filter GateConfigTests")
}

@Test func `the reference has every setting`() {
    let text = ConfigurationReference.render()
    for key in Keys.all {
        #expect(text.contains("### `\(key.name)`\n"))
        #expect(text.contains("`\(key.tomlKey)`"))
    }
}

/// The sample with its settings uncommented, but for secrets.
private func uncommented(_ sample: String, secretMark: String) -> String {
    sample.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        let isSetting = line.hasPrefix("#") && !line.hasPrefix("# ") && !line.contains(secretMark)
        return isSetting ? String(line.dropFirst()) : String(line)
    }
    .joined(separator: "\n")
}

private func sampleFiles(_ path: String, _ text: String) -> MemoryFiles {
    var files = MemoryFiles([path: text, "/etc/runegate/config/email.toml": SampleFiles.mailAccount()])
    for path in ["/etc/ssl/certs/mail-ca.pem", "/etc/runegate/mail", "/etc/runegate/logo.svg"] {
        files.contents[path] = .file(bytes: [], mode: 0o644)
    }
    return files
}

@Test(arguments: [
    ("/etc/runegate/runegate.env", SampleFiles.environmentFile()),
    ("/etc/runegate/runegate.toml", SampleFiles.tomlFile()),
])
func `a sample with every line in use is a right production configuration`(path: String, sample: String)
    throws
{
    let text = uncommented(sample, secretMark: "(")
    let sources = ConfigSources(
        reader: .check, environment: ["CREDENTIALS_DIRECTORY": "/run/credentials"],
        files: sampleFiles(path, text),
        credential: credentials(["jwt-secret": goodSecret, "session-key": goodSessionKey]))
    let loaded = ConfigLoader.load(sources)
    #expect(loaded.problems.isEmpty, "\(loaded.problems)")
    #expect(loaded.warnings.isEmpty, "\(loaded.warnings)")
    let set = loaded.effective.filter { $0.origin != .builtIn }.count
    #expect(set == Keys.all.count - 2, "all but the two former secrets")
}

@Test func `a sample as it is changes nothing`() throws {
    let files = MemoryFiles([
        "/etc/runegate/runegate.env": SampleFiles.environmentFile(),
        "/etc/runegate/runegate.toml": SampleFiles.tomlFile(),
    ])
    let loaded = ConfigLoader.load(ConfigSources(files: files))
    #expect(loaded.problems.isEmpty && loaded.warnings.isEmpty)
    #expect(loaded.effective.allSatisfy { $0.origin == .builtIn })
}

@Test func `no sample holds a secret that works`() {
    for key in Keys.all where key.isSecret {
        #expect(!problems([key.name: key.example]).isEmpty, "\(key.name)")
    }
}

@Test func `the sample of the mail account is right, with all of it too`() {
    for text in [SampleFiles.mailAccount(), uncommented(SampleFiles.mailAccount(), secretMark: "\u{0}")] {
        var reader = MailAccountReader(text: text, path: "email.toml")
        let account = reader.account()
        #expect(reader.errors.isEmpty, "\(reader.errors)")
        #expect(account?.host == "smtp.example.com")
    }
}
