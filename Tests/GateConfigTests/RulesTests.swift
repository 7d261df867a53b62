import GateModel
import Testing

@testable import GateConfig

@Test func `a right production configuration is right`() {
    let loaded = ConfigLoader.load(production())
    #expect(loaded.problems.isEmpty && loaded.warnings.isEmpty)
}

/// What is changed in a right production configuration, and what must be said about it.
private let productionRules: [(changes: [String: String], problem: String)] = [
    (
        ["RUNEGATE_BASE_URL": "http://app.example.com"],
        "RUNEGATE_BASE_URL is \"http://app.example.com\"; expected an https"
    ),
    (["RUNEGATE_ALLOWED_EMAILS": ""], "RUNEGATE_ALLOWED_EMAILS is not set; expected who may sign in"),
    (["STATE_DIRECTORY": ""], "RUNEGATE_STATE_DIR is not set; expected a directory"),
    (
        ["RUNEGATE_JWT_SECRET": goodSecret],
        "environment: RUNEGATE_JWT_SECRET is (hidden); expected no secret here in production, "
            + "only the systemd credential jwt-secret"
    ),
    (
        ["RUNEGATE_SECURE_COOKIE": "false"],
        "RUNEGATE_SECURE_COOKIE is \"false\"; expected auto or true with an https"
    ),
    (
        ["RUNEGATE_COOKIE_DOMAIN": "example.org"],
        "RUNEGATE_COOKIE_DOMAIN is \"example.org\"; expected the base URL's host"
    ),
    (
        ["RUNEGATE_COOKIE_DOMAIN": "p.example.com"],
        "RUNEGATE_COOKIE_DOMAIN is \"p.example.com\"; expected the base URL's"
    ),
    (["RUNEGATE_COOKIE_DOMAIN": "com"], "RUNEGATE_COOKIE_DOMAIN is \"com\"; expected the base URL's host"),
    (
        ["RUNEGATE_COOKIE_DOMAIN": "ample.com"],
        "RUNEGATE_COOKIE_DOMAIN is \"ample.com\"; expected the base URL's host"
    ),
    (
        ["RUNEGATE_ADMIN_BASE_URL": "https://app.example.com:8443", "RUNEGATE_ADMINS": "ann@example.com"],
        "RUNEGATE_ADMIN_BASE_URL is \"https://app.example.com:8443\"; expected another host"
    ),
    (
        ["RUNEGATE_ADMIN_BASE_URL": "http://gate.example.com", "RUNEGATE_ADMINS": "ann@example.com"],
        "RUNEGATE_ADMIN_BASE_URL is \"http://gate.example.com\"; expected an https origin"
    ),
    (
        ["RUNEGATE_ADMIN_BASE_URL": "https://gate.example.com"],
        "configuration: RUNEGATE_ADMINS is not set; expected whom RUNEGATE_ADMIN_BASE_URL lets in"
    ),
    (
        ["RUNEGATE_ADMIN_BASE_URL": "https://gate.example.com", "RUNEGATE_ADMINS": "a@b.d"],
        "RUNEGATE_ADMINS is \"a@b.d\"; expected addresses that may sign in to the app, which a@b.d may not"
    ),
    (
        ["RUNEGATE_FAILBACK_AFTER": "20m", "RUNEGATE_FAILBACK_MAX": "10m"],
        "RUNEGATE_FAILBACK_MAX is \"10m\"; expected at least RUNEGATE_FAILBACK_AFTER, 20m"
    ),
    (
        ["RUNEGATE_ALLOWED_ADDRESSES": "localhost", "RUNEGATE_WIREGUARD_TARGET": "http://10.0.0.2:7860"],
        "RUNEGATE_WIREGUARD_TARGET is \"http://10.0.0.2:7860\"; expected an address in RUNEGATE_ALLOWED_ADDRESSES, "
            + "which the drop-in runegate.service.d/addresses.conf"
    ),
    (
        ["RUNEGATE_ALLOWED_ADDRESSES": "10.0.0.2/32"],
        "configuration: RUNEGATE_TARGET_SERVICE is not set; expected an address in RUNEGATE_ALLOWED_ADDRESSES"
    ),
    (
        ["RUNEGATE_ALLOWED_ADDRESSES": "localhost", "RUNEGATE_LISTEN": "192.0.2.1:7870"],
        "RUNEGATE_LISTEN is \"192.0.2.1:7870\"; expected an address in RUNEGATE_ALLOWED_ADDRESSES"
    ),
    (["RUNEGATE_MAIL_TRANSPORT": ""], "email.toml is not set; expected the systemd credential email.toml"),
]

@Test(arguments: productionRules)
func `production refuses what would be unsafe or could not work`(changes: [String: String], problem: String) {
    let problems = ConfigLoader.load(production(changes)).problems
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.contains(problem) == true, "\(problems)")
}

@Test(arguments: [
    ["RUNEGATE_COOKIE_DOMAIN": "example.com"], ["RUNEGATE_COOKIE_DOMAIN": ".example.com"],
    ["RUNEGATE_COOKIE_DOMAIN": "app.example.com"],
    ["RUNEGATE_ALLOWED_EMAILS": "", "RUNEGATE_ALLOW_ANY_EMAIL": "true"],
    ["RUNEGATE_ALLOWED_EMAILS": "", "RUNEGATE_ALLOWED_DOMAINS": "example.com"],
    ["RUNEGATE_LISTEN": "0.0.0.0:7870"], ["STATE_DIRECTORY": "", "RUNEGATE_STATE_DIR": "/srv/state"],
    [
        "RUNEGATE_ALLOWED_ADDRESSES": "localhost,10.0.0.2",
        "RUNEGATE_WIREGUARD_TARGET": "http://10.0.0.2:7860",
        "RUNEGATE_RATHOLE_TARGET": "http://localhost:5202",
    ],
])
func `production takes what is safe`(changes: [String: String]) {
    #expect(ConfigLoader.load(production(changes)).problems.isEmpty)
}

@Test func `production needs its credentials`() {
    var sources = production()
    sources.credential = credentials([:])
    let problems = ConfigLoader.load(sources).problems
    #expect(problems.count == 2)
    #expect(
        problems.contains {
            $0.hasPrefix("configuration: RUNEGATE_JWT_SECRET is not set; expected the systemd credential")
        })
    #expect(
        problems.contains {
            $0.hasPrefix("configuration: RUNEGATE_SESSION_KEY is not set; expected the systemd credential")
        })
}

@Test func `a secret in runegate.env is an error in production even beside the credential`() {
    let files = MemoryFiles(["/etc/runegate/runegate.env": "RUNEGATE_SESSION_KEY=\(goodSessionKey)"])
    #expect(
        ConfigLoader.load(production(files: files)).problems == [
            "/etc/runegate/runegate.env:1:22: RUNEGATE_SESSION_KEY is (hidden); "
                + "expected no secret here in production, only the systemd credential session-key"
        ])
}

@Test func `root does not serve in production, but may check`() {
    var sources = production()
    sources.isRoot = true
    #expect(ConfigLoader.load(sources).problems.first?.contains("the user is \"root\"") == true)
    sources.reader = .check
    #expect(ConfigLoader.load(sources).problems.isEmpty)
}

@Test func `a check outside of the unit does not miss what only the unit gets`() {
    var sources = production(reader: .check)
    sources.credential = credentials([:])
    sources.environment["CREDENTIALS_DIRECTORY"] = nil
    sources.environment["STATE_DIRECTORY"] = nil
    let loaded = ConfigLoader.load(sources)
    #expect(loaded.problems.isEmpty, "\(loaded.problems)")
    #expect(loaded.effective.contains { $0.value == "credential jwt-secret, which only the service sees" })
}

@Test func `the mailer needs neither keys nor policy nor a database`() {
    let files = MemoryFiles([
        "/etc/runegate/config/email.toml":
            "smtp_host = \"smtp.example.com\"\nfrom_address = \"gate@example.com\""
    ])
    var sources = ConfigSources(reader: .mailer, environment: ["RUNEGATE_ENV": "production"], files: files)
    #expect(ConfigLoader.load(sources).problems.isEmpty)
    sources.files = NoConfigFiles()
    #expect(ConfigLoader.load(sources).problems.count == 1)
}

@Test(arguments: [
    (["RUNEGATE_BASE_URL": "https://app.example.com"], "RUNEGATE_BASE_URL"),
    (["RUNEGATE_BASE_URL": "http://192.0.2.1:7870"], "RUNEGATE_BASE_URL"),
    (["RUNEGATE_LISTEN": "0.0.0.0:7870"], "RUNEGATE_LISTEN"),
    (["RUNEGATE_LISTEN": "[::]:7870"], "RUNEGATE_LISTEN"),
    (["RUNEGATE_LISTEN": "192.0.2.1:7870"], "RUNEGATE_LISTEN"),
    (
        [
            "RUNEGATE_ADMIN_BASE_URL": "http://gate.example.com", "RUNEGATE_ADMINS": "a@b.c",
            "RUNEGATE_ALLOWED_EMAILS": "a@b.c",
        ],
        "RUNEGATE_ADMIN_BASE_URL"
    ),
])
func `development is refused where others could reach it`(environment: [String: String], name: String) {
    let problems = problems(environment)
    #expect(
        problems.count == 1 && problems[0].contains("\(name) is ") && problems[0].contains("in development"))
}

@Test(arguments: [
    ["RUNEGATE_LISTEN": "[::1]:7870"], ["RUNEGATE_LISTEN": "unix:/tmp/x.sock"],
    ["RUNEGATE_BASE_URL": "http://[::1]:7870"],
    ["RUNEGATE_LISTEN": "127.0.0.2:7870"],
])
func `development is taken where nobody else can`(environment: [String: String]) {
    #expect(problems(environment).isEmpty)
}

@Test(arguments: [
    ("http://localhost:7870", "http://owner.localhost:7870", true),
    ("http://app.localhost:7870", "http://localhost:7870", true),
    ("http://localhost:7870", "http://127.0.0.1:7871", false),
    ("http://localhost:7870", "http://[::1]:7870", false),
    ("http://app.localhost:7870", "http://app.localhost:7871", false),
])
func `the owner's page has cookies of its own in development, too`(base: String, admin: String, isTaken: Bool)
{
    let problems = problems([
        "RUNEGATE_BASE_URL": base, "RUNEGATE_ADMIN_BASE_URL": admin, "RUNEGATE_ADMINS": "a@b.c",
        "RUNEGATE_ALLOWED_DOMAINS": "b.c",
    ])
    #expect(problems.isEmpty == isTaken, "\(problems)")
    #expect(isTaken || problems[0].contains("expected another host than the base URL's"))
}

@Test func `what works but hardly as meant is a warning`() {
    let sources = ConfigSources(environment: [
        "RUNEGATE_SESSION_TTL": "1h", "RUNEGATE_SECURE_COOKIE": "true",
    ])
    let loaded = ConfigLoader.load(sources)
    #expect(loaded.problems.isEmpty, "\(loaded.problems)")
    #expect(loaded.warnings.count == 2, "\(loaded.warnings)")
}
