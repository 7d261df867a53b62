import GateModel
import Testing

@testable import GateConfig

private let name = "RUNEGATE_BRAND_NAME"

@Test func `the later source wins`() throws {
    var files = MemoryFiles(["/etc/runegate/runegate.toml": "brand_name = \"toml\""])
    #expect(try settings(from: ConfigSources(files: files)).brand.name == "toml")
    files.contents["/etc/runegate/runegate.env"] = .file(bytes: Array("\(name)=env file".utf8), mode: 0o644)
    #expect(try settings(from: ConfigSources(files: files)).brand.name == "env file")
    var sources = ConfigSources(environment: [name: "environment"], files: files)
    #expect(try settings(from: sources).brand.name == "environment")
    sources.flags = [ConfigSources.Flag(flag: "--brand", name: name, value: "flag")]
    #expect(try settings(from: sources).brand.name == "flag")
}

@Test func `each setting tells where it came from`() throws {
    let files = MemoryFiles([
        "/etc/runegate/runegate.toml": "# a comment\nbrand_name = \"toml\"",
        "/etc/runegate/runegate.env": "RUNEGATE_DRAIN='5s'",
    ])
    var sources = ConfigSources(
        environment: ["RUNEGATE_LOG": "debug"], files: files,
        credential: credentials(["jwt-secret": goodSecret]))
    sources.flags = [ConfigSources.Flag(flag: "--listen", name: "RUNEGATE_LISTEN", value: "127.0.0.1:0")]
    let effective = ConfigLoader.load(sources).effective
    func line(_ name: String) -> String? {
        effective.first { $0.name == name }.map { "\($0.value) \($0.origin)" }
    }
    #expect(line("RUNEGATE_BRAND_NAME") == "toml /etc/runegate/runegate.toml:2:14")
    #expect(line("RUNEGATE_DRAIN") == "5s /etc/runegate/runegate.env:1:16")
    #expect(line("RUNEGATE_LOG") == "debug environment")
    #expect(line("RUNEGATE_LISTEN") == "127.0.0.1:0 --listen")
    #expect(line("RUNEGATE_JWT_SECRET") == "(hidden) credential jwt-secret")
    #expect(line("RUNEGATE_SESSION_KEY") == "random default")
    #expect(line("RUNEGATE_MAIL_TRANSPORT") == "outbox:./.runegate/outbox default")
    #expect(effective.map(\.name) == Keys.all.map(\.name))
}

@Test func `a wrong flag is called by the flag's name`() {
    var sources = ConfigSources()
    sources.flags = [ConfigSources.Flag(flag: "--listen", name: "RUNEGATE_LISTEN", value: "nowhere")]
    #expect(
        ConfigLoader.load(sources).problems.first?.hasPrefix("--listen: RUNEGATE_LISTEN is \"nowhere\"")
            == true)
}

// MARK: The current directory

private func standing(in environment: [String: String] = [:], isRoot: Bool = false) -> ConfigSources {
    var sources = ConfigSources(
        environment: environment,
        files: MemoryFiles([
            "./.env": "\(name)=here",
            "config/email.toml": "smtp_host = \"localhost\"\nfrom_address = \"a@example.com\"",
        ]))
    sources.usesCurrentDirectory = true
    sources.isRoot = isRoot
    return sources
}

@Test func `files from the current directory are read in development`() throws {
    let settings = try settings(from: standing())
    #expect(settings.brand.name == "here")
    #expect(settings.mail.transport == .smtp && settings.mail.account?.host == "localhost")
}

@Test func `a verb that does not ask for them does not read them`() throws {
    var sources = standing()
    sources.usesCurrentDirectory = false
    #expect(try settings(from: sources).brand.name == "Runegate")
}

@Test func `root ignores them and says so`() throws {
    let loaded = ConfigLoader.load(standing(isRoot: true))
    #expect(
        loaded.warnings.map(\.description) == [
            "./.env: ignored: root takes no configuration from the current directory",
            "config/email.toml: ignored: root takes no configuration from the current directory",
        ])
    #expect(try loaded.settings.get().brand.name == "Runegate")
}

@Test func `production does not even look`() throws {
    var sources = production()
    sources.files = standing().files
    sources.usesCurrentDirectory = true
    let loaded = ConfigLoader.load(sources)
    #expect(loaded.problems.isEmpty && loaded.warnings.isEmpty)
    #expect(try loaded.settings.get().brand.name == "Runegate")
}

@Test func `the current directory cannot make it production`() {
    var sources = standing()
    sources.files = MemoryFiles(["./.env": "RUNEGATE_ENV=production"])
    #expect(
        ConfigLoader.load(sources).problems.contains {
            $0.hasPrefix(
                "./.env:1:14: RUNEGATE_ENV is \"production\"; expected development: production reads nothing")
        })
}

@Test func `runegate.env stands in for the current directory's file`() throws {
    var sources = standing()
    sources.files = MemoryFiles(["./.env": "\(name)=here", "/etc/runegate/runegate.env": "\(name)=there"])
    #expect(try settings(from: sources).brand.name == "there")
}

// MARK: Names and files that are not right

@Test func `an unknown variable is a warning in the environment and an error in a file`() {
    let loaded = ConfigLoader.load(ConfigSources(environment: ["RUNEGATE_ALLOWED_EMAIL": "a@b.c"]))
    #expect(loaded.problems.isEmpty)
    #expect(
        loaded.warnings.map(\.description) == [
            "environment: RUNEGATE_ALLOWED_EMAIL is no setting and is ignored; did you mean RUNEGATE_ALLOWED_EMAILS?"
        ])
    let files = MemoryFiles(["/etc/runegate/runegate.env": "PORT=80\n export RUNEGATE_ALLOWED_EMAIL=a@b.c"])
    #expect(
        ConfigLoader.load(ConfigSources(files: files)).problems == [
            "/etc/runegate/runegate.env:2:9: RUNEGATE_ALLOWED_EMAIL is \"unknown\"; "
                + "expected a setting's name; did you mean RUNEGATE_ALLOWED_EMAILS?"
        ])
}

@Test func `a variable that stands twice in a file is told`() throws {
    let files = MemoryFiles(["/etc/runegate/runegate.env": "\(name)=a\n\(name)=b"])
    let loaded = ConfigLoader.load(ConfigSources(files: files))
    #expect(
        loaded.warnings.map(\.description) == [
            "/etc/runegate/runegate.env:2:1: \(name) stands in line 1 too; this one counts"
        ])
    #expect(try loaded.settings.get().brand.name == "b")
}

@Test func `a file that cannot be read is an error, not an absent one`() {
    var files = MemoryFiles()
    files.contents["/etc/runegate/runegate.toml"] = .unreadable(reason: "Permission denied")
    files.contents["/etc/runegate/runegate.env"] = .file(bytes: [0x41, 0x3d, 0xff], mode: 0o600)
    #expect(
        ConfigLoader.load(ConfigSources(files: files)).problems == [
            "/etc/runegate/runegate.toml: the file is \"Permission denied\"; "
                + "expected a text file that user and group of the service may read",
            "/etc/runegate/runegate.env: the file is \"Not UTF-8\"; "
                + "expected a text file that user and group of the service may read",
        ])
}

@Test(
    arguments: [
        ("RUNEGATE_BASE_URI", "RUNEGATE_BASE_URL"), ("RUNEGATE_WORKER", "RUNEGATE_WORKERS"),
        ("RUNEGATE_STATEDIR", "RUNEGATE_STATE_DIR"), ("RUNEGATE_ZZZZZZZZZZZZZZZ", nil),
    ] as [(String, String?)])
func `a mistyped name is guessed`(typed: String, meant: String?) {
    #expect(NearestName.of(typed, among: Keys.byName.keys) == meant)
}

// MARK: Reloads

@Test func `a reload tells what changed since the start and counts only after a restart`() {
    func load(_ environment: [String: String]) -> LoadedConfiguration {
        ConfigLoader.load(ConfigSources(environment: environment, files: MemoryFiles([:])))
    }
    let start = load(["RUNEGATE_WORKERS": "2"])
    #expect(
        load(["RUNEGATE_WORKERS": "2", "RUNEGATE_DRAIN": "5s"]).waitingForRestart(since: start.effective)
            == [])
    let changed = load(["RUNEGATE_WORKERS": "3", "RUNEGATE_LISTEN": "127.0.0.1:1"])
    #expect(changed.waitingForRestart(since: start.effective) == ["RUNEGATE_LISTEN", "RUNEGATE_WORKERS"])
    #expect(start.waitingForRestart(since: start.effective) == [])
}
