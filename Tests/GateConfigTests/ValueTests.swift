import GateModel
import Testing

@testable import GateConfig

/// A wrong value, and the end of the one message that it must give.
private let wrong = [
    ("RUNEGATE_ENV", "staging", "expected development or production"),
    ("RUNEGATE_LISTEN", "7870", "expected an address and a port, such as 127.0.0.1:7870, or unix:/path"),
    (
        "RUNEGATE_BASE_URL", "localhost:7870",
        "expected an origin without a path, such as https://app.example.com"
    ),
    (
        "RUNEGATE_BASE_URL", "http://localhost/app",
        "expected an origin without a path, such as https://app.example.com"
    ),
    ("RUNEGATE_TARGET_SERVICE", "127.0.0.1:7860", "such as http://127.0.0.1:7860"),
    ("RUNEGATE_WIREGUARD_TARGET", "10.0.0.2", "such as http://127.0.0.1:7860"),
    ("RUNEGATE_WIREGUARD_INTERFACE", "a-name-of-16-byte", "or nothing for none"),
    ("RUNEGATE_WIREGUARD_INTERFACE", "wg/0", "or nothing for none"),
    ("RUNEGATE_PROBE_PATH", "health", "expected a path from the root, such as / or /health"),
    ("RUNEGATE_PROBE_PATH", "/a b", "expected a path from the root, such as / or /health"),
    ("RUNEGATE_FAILBACK_AFTER", "30", "with ms, s, m, h or d behind the number"),
    ("RUNEGATE_FAILBACK_AFTER", "2h", "a duration from 1s to 1h, with ms, s, m, h or d behind the number"),
    ("RUNEGATE_JWT_ALGORITHM", "none", "expected HS256 or EdDSA"),
    ("RUNEGATE_MAGIC_LINK_EXPIRY", "0", "a number alone means minutes"),
    ("RUNEGATE_MAGIC_LINK_EXPIRY", "fifteen", "a number alone means minutes"),
    ("RUNEGATE_SESSION_TTL", "7", "with ms, s, m, h or d behind the number"),
    ("RUNEGATE_ALLOWED_EMAILS", "ann@example.com,ann", #""ann" is none"#),
    ("RUNEGATE_ALLOWED_EMAILS", "a@evil.com@corp.com", #""a@evil.com@corp.com" is none"#),
    ("RUNEGATE_ALLOWED_DOMAINS", "*.example.com", #""*.example.com" is none"#),
    ("RUNEGATE_ALLOWED_DOMAINS", "localhost", #""localhost" is none"#),
    ("RUNEGATE_ALLOW_ANY_EMAIL", "perhaps", "expected true or false"),
    ("RUNEGATE_SECURE_COOKIE", "sometimes", "expected auto or true or false"),
    ("RUNEGATE_SESSION_COOKIE_NAME", "__Host-id", "and not runegate_nonce"),
    ("RUNEGATE_SESSION_COOKIE_NAME", "runegate_nonce", "and not runegate_nonce"),
    ("RUNEGATE_SESSION_COOKIE_NAME", "a=b", "and not runegate_nonce"),
    ("RUNEGATE_TRUSTED_PROXIES", "0.0.0.0/0", #""0.0.0.0/0" is none"#),
    ("RUNEGATE_TRUSTED_PROXIES", "10.0.0.0/33", #""10.0.0.0/33" is none"#),
    ("RUNEGATE_LOGIN_RATE_LIMIT", "0", "expected a whole number from 1 to 10000 per minute"),
    ("RUNEGATE_LOGIN_RATE_LIMIT", "+5", "expected a whole number from 1 to 10000 per minute"),
    ("RUNEGATE_EMAIL_COOLDOWN", "-1", "a number alone means seconds"),
    ("RUNEGATE_LOG_FORMAT", "xml", "expected console or json or journald"),
    ("RUNEGATE_LOG", "loud", "or module=level, with commas between"),
    ("RUNEGATE_LOG", "gateway=loud", "or module=level, with commas between"),
    ("RUNEGATE_WORKERS", "many", "expected a whole number from 1 to 256"),
    ("RUNEGATE_MAIL_TRANSPORT", "sendmail", "expected smtp, outbox:DIRECTORY or none"),
    ("RUNEGATE_MAIL_TRANSPORT", "outbox:", "expected smtp, outbox:DIRECTORY or none"),
    ("RUNEGATE_MAILER", "both", "expected inline or external"),
    ("RUNEGATE_SMTP_CA_FILE", "/nowhere.pem", "expected the path of a PEM file; there is nothing"),
    ("RUNEGATE_BRAND_NAME", "a\nb", "expected 1 to 60 characters in one line"),
    ("RUNEGATE_BRAND_COLOR", "blue", "expected a colour as #rrggbb, such as #4f46e5"),
    ("RUNEGATE_BRAND_COLOR", "#fff", "expected a colour as #rrggbb, such as #4f46e5"),
    ("RUNEGATE_BRAND_LOGO", "/logo.gif", "expected the path of a .svg or .png file"),
    ("RUNEGATE_METRICS_LISTEN", "localhost", "or unix:/path"),
    ("RUNEGATE_ALLOWED_ADDRESSES", "10.0.0.2/32,any", #""any" is none"#),
    ("RUNEGATE_ADMIN_BASE_URL", "gate.example.com", "such as https://app.example.com"),
    ("RUNEGATE_DRAIN", "1h", "expected a duration from 0s to 30s, with ms, s, m, h or d behind the number"),
]

@Test(arguments: wrong)
func `a wrong value is named with what is allowed`(name: String, value: String, ending: String) throws {
    let problems = problems([name: value])
    #expect(problems.count == 1, "\(problems)")
    let problem = try #require(problems.first)
    let shown = value.replacing("\n", with: "\\u{a}")
    #expect(problem.hasPrefix("environment: \(name) is \"\(shown)\"; expected "), "\(problem)")
    #expect(problem.hasSuffix(ending), "\(problem)")
}

@Test func `all problems come at once`() {
    let all = problems(Dictionary(wrong.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first }))
    #expect(all.count == Set(wrong.map(\.0)).count)
}

@Test(
    arguments: [
        ("0s", nil, Duration.zero), ("500ms", nil, .milliseconds(500)), ("30s", nil, .seconds(30)),
        ("10m", nil, .seconds(600)), ("24h", nil, .seconds(86_400)), ("7d", nil, .seconds(604_800)),
        ("15", DurationText.Unit.minutes, .seconds(900)), ("15s", .minutes, .seconds(15)),
    ] as [(String, DurationText.Unit?, Duration)])
func `a duration is a number and a unit`(text: String, bareUnit: DurationText.Unit?, duration: Duration) {
    #expect(DurationText.parse(text, bareUnit: bareUnit) == duration)
}

@Test(arguments: [
    "", "s", "30", "-1s", "+1s", "1.5h", "1 s", " 1s", "1s ", "1S", "1w", "1h30m", "9999999999999999999s",
    "106751991168d",
    "9223372036854775807d", "٣s", "1s\u{0}",
])
func `what is no duration is refused`(text: String) {
    #expect(DurationText.parse(text, bareUnit: nil) == nil)
}

@Test func `values are read in the forms that people use`() throws {
    let settings = try settings(
        from: ConfigSources(environment: [
            "RUNEGATE_ALLOWED_EMAILS": " Ann@Example.com , bob@example.org,",
            "RUNEGATE_ALLOWED_DOMAINS": "BÜCHER.example",
            "RUNEGATE_ALLOW_ANY_EMAIL": "TRUE",
            "RUNEGATE_TRUSTED_PROXIES": "loopback, unix, 192.0.2.7, 2001:db8::/32",
            "RUNEGATE_WIREGUARD_INTERFACE": "", "RUNEGATE_LOG": "warn,gateway=debug, mail=trace",
            "RUNEGATE_MAGIC_LINK_EXPIRY": "20", "RUNEGATE_EMAIL_COOLDOWN": "2m",
            "RUNEGATE_BRAND_COLOR": "#ABCDEF",
            "RUNEGATE_LISTEN": "unix:/run/runegate.sock", "RUNEGATE_MAIL_TRANSPORT": "outbox:/tmp/mails",
        ]))
    #expect(
        settings.policy.emails == [try EmailAddress("ann@example.com"), try EmailAddress("bob@example.org")])
    #expect(settings.policy.domains == [try DomainName("xn--bcher-kva.example")])
    #expect(settings.policy.allowAny)
    #expect(
        try settings.proxy.trustedProxies == IPNetwork.loopback + [
            IPNetwork("192.0.2.7"), IPNetwork("2001:db8::/32"),
        ])
    #expect(settings.upstream.wireGuardInterface == nil)
    #expect(
        settings.log.level == "warning" && settings.log.moduleLevels == ["gateway": "debug", "mail": "trace"])
    #expect(settings.tokens.linkExpiry == .seconds(1200) && settings.limits.emailCooldown == .seconds(120))
    #expect(settings.brand.color == "#abcdef")
    #expect(settings.listen == .unix(path: "/run/runegate.sock"))
    #expect(settings.mail.transport == .outbox(directory: "/tmp/mails"))
}

@Test func `RUST_LOG counts where RUNEGATE_LOG is not set`() throws {
    #expect(try settings(from: ConfigSources(environment: ["RUST_LOG": "debug"])).log.level == "debug")
    let both = ["RUST_LOG": "debug", "RUNEGATE_LOG": "error"]
    #expect(try settings(from: ConfigSources(environment: both)).log.level == "error")
}

@Test func `an empty value is as good as none`() throws {
    let files = MemoryFiles(["/etc/runegate/runegate.env": "RUNEGATE_RATHOLE_TARGET=http://127.0.0.1:5202"])
    let sources = ConfigSources(environment: ["RUNEGATE_RATHOLE_TARGET": ""], files: files)
    #expect(try settings(from: sources).upstream.ratholeTarget == nil)
}
