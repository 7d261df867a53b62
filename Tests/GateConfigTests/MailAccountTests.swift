import GateModel
import Testing

@testable import GateConfig

private let minimal = "smtp_host = \"smtp.example.com\"\nfrom_address = \"gate@example.com\"\n"

private func read(_ text: String) -> (account: MailAccount?, errors: [String]) {
    var reader = MailAccountReader(text: text, path: "email.toml")
    let account = reader.account()
    return (account, reader.errors.map(\.description))
}

@Test func `a whole account is read`() {
    let (account, errors) = read(
        """
        smtp_host = "SMTP.example.com"
        smtp_port = 465
        smtp_user = "gate"
        smtp_pass = "p@ss \\"word\\""
        from_address = "Gate of Ann <Gate@Example.com>"
        subject = "Grüße"
        body_template = '''
        {login_url}
        '''
        """)
    #expect(errors.isEmpty)
    #expect(account?.host == "smtp.example.com" && account?.port == 465 && account?.security == .implicit)
    #expect(account?.user == "gate" && account?.password?.text == "p@ss \"word\"")
    #expect(account?.fromName == "Gate of Ann" && account?.fromAddress.description == "gate@example.com")
    #expect(account?.subject == "Grüße" && account?.bodyTemplate == "{login_url}\n")
}

@Test func `what is left out has a default`() {
    let account = read(minimal).account
    #expect(account?.port == 587 && account?.security == .startTLS)
    #expect(account?.user == nil && account?.password == nil && account?.bodyTemplate == nil)
    #expect(account?.subject == "Sign in")
}

@Test(
    arguments: [
        ("from_address = \"a@b.c\"", "email.toml: smtp_host is not set"),
        ("smtp_host = \"h\"", "email.toml: from_address is not set"),
        (
            minimal + "smtp_port = 0",
            "email.toml:3:13: smtp_port is \"0\"; expected a whole number from 1 to 65535"
        ),
        (minimal + "smtp_port = [25]", "email.toml:3:13: smtp_port is \"25\"; expected"),
        (
            minimal + "smtp_user = \"u\"",
            "email.toml: smtp_pass is not set; expected the password of smtp_user"
        ),
        (minimal + "smtp_pass = \"hunter2\"", "email.toml: smtp_user is not set"),
        (minimal + "smtp_user = \"u\"\nsmtp_pass = 7", nil),
        (
            minimal + "smtp_user = \"u\"\nsmtp_pass = \"hunter2\\nQUIT\"",
            "email.toml:4:13: smtp_pass is (hidden); expected a password"
        ),
        (minimal + "smtp_user = \"u\"\nsmtp_pass = 1.5", "email.toml:4:13: smtp_pass is (hidden); expected"),
        (
            minimal + "smtp_security = \"none\"",
            "email.toml:3:17: smtp_security is \"none\"; expected starttls or implicit"
        ),
        (
            minimal + "smtp_security = \"ssl\"",
            "email.toml:3:17: smtp_security is \"ssl\"; expected starttls or implicit or none"
        ),
        (minimal + "smtp_passw = \"hunter2\"", "did you mean smtp_pass?"),
        (
            minimal + "subject = \"a\\nBcc: eve@example.com\"",
            "email.toml:3:11: subject is \"a\\u{a}Bcc: eve@example.com\"; expected one line"
        ),
        (minimal + "body_template = \"no link\"", "expected a text of at most 64 KiB with {login_url} in it"),
        (
            "smtp_host = \"a b\"\nfrom_address = \"a@b.c\"",
            "email.toml:1:13: smtp_host is \"a b\"; expected the mail server's name"
        ),
        (
            "smtp_host = \"h:25\"\nfrom_address = \"a@b.c\"",
            "email.toml:1:13: smtp_host is \"h:25\"; expected the mail server's name"
        ),
        ("smtp_host = \"h\"\nfrom_address = \"A\\r\\nB <a@b.c>\"", "email.toml:2:16: from_address is"),
        ("smtp_host = \"h\"\nfrom_address = \"A <a@b.c> <d@e.f>\"", nil),
        ("smtp_pass = hunter2", "email.toml:1:13: the line is (hidden); expected valid TOML"),
    ] as [(String, String?)])
func `a wrong account is told with its place and without its password`(text: String, problem: String?) {
    let (account, errors) = read(text)
    if let problem {
        #expect(account == nil && errors.count == 1 && errors.first?.contains(problem) == true, "\(errors)")
    } else {
        #expect(account != nil && errors.isEmpty, "\(errors)")
    }
    #expect(!errors.joined().contains("hunter2"))
}

@Test func `clear text goes to this machine only`() {
    for host in ["localhost", "127.0.0.1", "::1"] {
        let text =
            "smtp_host = \"\(host)\"\nfrom_address = \"a@b.c\"\nsmtp_security = \"none\"\nsmtp_port = 25"
        #expect(read(text).account?.security == MailAccount.Security.none, "\(host)")
    }
}

// MARK: Where the file is

private func sources(mode: UInt32, _ changes: [String: String] = [:]) -> ConfigSources {
    production(
        ["RUNEGATE_MAIL_TRANSPORT": "smtp"].merging(changes) { _, new in new },
        files: MemoryFiles(["/etc/runegate/config/email.toml": minimal], mode: mode))
}

@Test func `a file with a password is nobody else's to read`() throws {
    #expect(try settings(from: sources(mode: 0o600)).mail.account?.host == "smtp.example.com")
    #expect(
        ConfigLoader.load(sources(mode: 0o640)).problems == [
            "/etc/runegate/config/email.toml: the file is \"readable by others\"; expected mode 0600, for the password "
                + "in it. Run: chmod 600 /etc/runegate/config/email.toml"
        ])
    let development = ConfigSources(files: sources(mode: 0o644).files)
    #expect(ConfigLoader.load(development).problems.isEmpty)
    #expect(ConfigLoader.load(development).warnings.count == 1)
}

@Test func `the credential wins over the file`() throws {
    var sources = sources(mode: 0o644)
    sources.credential = credentials([
        "jwt-secret": goodSecret, "session-key": goodSessionKey,
        "email.toml": "smtp_host = \"other.example.com\"\nfrom_address = \"a@b.c\"",
    ])
    #expect(try settings(from: sources).mail.account?.host == "other.example.com")
    sources.credential = credentials([
        "jwt-secret": goodSecret, "session-key": goodSessionKey, "email.toml": "smtp_host = 1",
    ])
    #expect(
        ConfigLoader.load(sources).problems.contains {
            $0.hasPrefix("credential email.toml: from_address is not set")
        })
}

@Test func `serve does not read the account that the mailer has`() throws {
    let changes = ["RUNEGATE_MAILER": "external"]
    var sources = sources(mode: 0o600, changes)
    #expect(try settings(from: sources).mail.account == nil)
    sources.files = NoConfigFiles()
    #expect(try settings(from: sources).mail.transport == .smtp)
    sources.reader = .check
    #expect(ConfigLoader.load(sources).problems.count == 1)
}

@Test func `a check that may not read the account says so`() {
    var files = MemoryFiles()
    files.contents["/etc/runegate/config/email.toml"] = .unreadable(reason: "Permission denied")
    var sources = production(["RUNEGATE_MAIL_TRANSPORT": "smtp"], files: files, reader: .check)
    let loaded = ConfigLoader.load(sources)
    #expect(loaded.problems.isEmpty)
    #expect(
        loaded.warnings.map(\.description) == [
            "/etc/runegate/config/email.toml: not checked: Permission denied"
        ])
    sources.reader = .serve
    #expect(ConfigLoader.load(sources).problems.count == 1)
}
