import GateConfig
import GateModel
import Testing

@testable import Provision

// No answer breaks out of a format: it is refused, or the file that is rendered with it says just that value.

/// What gets through is made of letters, digits and marks that no format gives a meaning to.
@Test func `a word that needs no quotes holds nothing that would`() {
    var odd = OddAnswers(seed: 1)
    var accepted = 0
    for _ in 0..<20_000 {
        let text = odd.text()
        let path = "/" + text
        let words: [(any BareWord)?] = [
            try? DomainName(text), try? PublicHost(text), try? Port(text), try? MTU(text),
            try? IPNetwork(text),
            try? ProgramPath(path), (try? TunnelNetwork(text))?.vps,
        ]
        for word in words.compactMap(\.self) {
            accepted += 1
            let isBare = word.description.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: ".:/_+-=[]".utf8.contains(byte)
                }
            }
            #expect(isBare && !word.description.isEmpty, "\(text.debugDescription)")
        }
    }
    #expect(accepted > 500, "the generator makes words that are taken, too")
}

@Test func `a free text says in the rendered file what was answered`() throws {
    var odd = OddAnswers(seed: 2)
    var accepted = 0
    for round in 0..<3_000 {
        var answers = try ExampleMachines.vpsAnswers()
        let text = odd.text()
        guard let plain = try? PlainText(text) else { continue }
        accepted += 1
        answers.brandName = plain
        answers.mail?.senderName = plain
        answers.mail?.subject = plain
        answers.mail?.login = .init(user: plain, password: Secret(text: plain.text))
        if let email = try? EmailAddress(odd.text(between: "a", and: "b@example.com")) {
            answers.allowedEmails = [email]
        }
        let settings = try readBack(answers, round: round)
        let account = try #require(settings.mail.account)
        #expect(settings.policy.emails == Set(answers.allowedEmails))
        #expect(account.user == plain.text && account.password?.text == plain.text)
        #expect(account.fromName == plain.text, "\(plain.text.debugDescription)")
        #expect(account.subject == plain.text)
        #expect(settings.brand.name == plain.text, "\(plain.text.debugDescription)")
    }
    #expect(accepted > 300, "the generator makes texts that are taken, too")
}

/// Reads the rendered settings as the gateway and the mailer do.
private func readBack(_ answers: VPSAnswers, round: Int) throws -> Settings {
    let plan = VPSPlan.make(answers: answers, secrets: try ExampleMachines.vpsSecrets())
    let files = Dictionary(uniqueKeysWithValues: plan.files.map { ($0.path, $0) })
    let loaded = ConfigLoader.load(
        ConfigSources(
            reader: .check,
            environment: [
                "CREDENTIALS_DIRECTORY": "/run/credentials", "STATE_DIRECTORY": "/var/lib/runegate",
            ],
            files: PlannedConfigFiles(files: files),
            credential: { name in
                files["/etc/runegate/credentials/\(name)"].map { Secret(bytes: $0.contents) }
            }))
    do {
        return try loaded.settings.get()
    } catch {
        Issue.record("round \(round): \(error)")
        throw error
    }
}

/// The planned files where the programs look for them.
private struct PlannedConfigFiles: ConfigFiles {
    let files: [String: PlannedFile]

    func read(_ path: String) -> ConfigFileContent {
        files[path].map { .file(bytes: $0.contents, mode: UInt32($0.mode)) } ?? .absent
    }

    func exists(_ path: String) -> Bool { files[path] != nil }
}

@Test(arguments: [
    ("plain.word@x", "plain.word@x"), ("", "''"), ("two words", "'two words'"), ("it's", #""it's""#),
    (#"it's "q" \ $x"#, #""it's \"q\" \\ \$x""#), ("a\nb", #""a\nb""#), ("#no comment", "'#no comment'"),
])
func `an environment file's value is quoted as little as it must`(value: String, quoted: String) {
    #expect(EnvironmentText.quoted(value).text == quoted)
}

@Test(arguments: [
    ("plain", #""plain""#), (#"a"b\c"#, #""a\"b\\c""#), ("a\nb\u{1}\u{7f}", #""a\nb\u0001\u007F""#),
    ("é日", "\"é日\""),
])
func `a TOML string escapes what would end it`(value: String, quoted: String) {
    #expect(TOMLText.string(value).text == quoted)
}
