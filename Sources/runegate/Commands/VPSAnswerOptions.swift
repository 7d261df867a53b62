import ArgumentParser
import Control
import GateModel
import Provision

/// The questions about the public server, as flags.
struct VPSAnswerOptions: ParsableArguments {
    @Option(help: "The name that visitors type, such as app.example.com.")
    var domain: String?
    @Option(help: ArgumentHelp("Who may sign in; may be repeated.", valueName: "address"))
    var allow: [String] = []
    @Option(
        help: ArgumentHelp("Everybody of this mail domain may sign in; may be repeated.", valueName: "domain")
    )
    var allowDomain: [String] = []
    @Option(help: "How the aibox finds this machine; by default the domain.")
    var endpoint: String?
    @Option(help: "Where the app listens on the aibox.")
    var appPort: String?
    @Option(help: "UDP port of WireGuard.")
    var wireguardPort: String?
    @Option(help: "TCP port of Rathole.")
    var ratholePort: String?
    @Option(help: "Private network of the tunnel, such as 10.0.0.0/24.")
    var tunnelNetwork: String?
    @Option(help: ArgumentHelp("The rathole program; by default the one in PATH.", valueName: "file"))
    var rathole: String?
    @Option(help: ArgumentHelp("The mail server; \"none\" for none.", valueName: "host"))
    var smtpHost: String?
    @Option(help: "Its port; 587 unless said otherwise.")
    var smtpPort: String?
    @Option(help: "starttls, implicit or none; by default what the port is for.")
    var smtpSecurity: String?
    @Option(help: "The user to sign in with.")
    var smtpUser: String?
    @Option(help: ArgumentHelp("A file with the password; it is never an argument.", valueName: "file"))
    var smtpPasswordFile: String?
    @Option(
        help: ArgumentHelp("PEM file of the authority that its certificate comes from.", valueName: "file"))
    var smtpCaFile: String?
    @Option(help: ArgumentHelp("The sender of the mails.", valueName: "address"))
    var mailFrom: String?
    @Option(help: ArgumentHelp("Who hears from the certificate authority.", valueName: "address"))
    var contact: String?
    @Option(help: "What pages and mails are headed with.")
    var brandName: String?
    @Option(help: "Whether hosts that no site names are refused by this one: true or false.")
    var defaultSite: String?
    @Option(help: ArgumentHelp("A TOML file with answers; flags count more.", valueName: "file"))
    var answers: String?

    /// The answers of the file, the flags, the last run and, when somebody is there, the terminal.
    func read(_ installation: Installation, asks: Bool) throws -> VPSAnswers {
        let previous = try VPSState.read(installation)?.answers.answers()
        var sheet = try answersFile()
        for (key, texts) in flags { sheet.note(key, texts) }
        if let smtpPasswordFile {
            sheet.note(.smtpPassword, [try SecretFile.firstLine(smtpPasswordFile)])
        }
        if !sheet.has(.rathole), previous?.ratholeProgram == nil, let found = Program.find("rathole") {
            sheet.note(.rathole, [found])
        }
        if asks { try ProvisionDialogue.complete(&sheet, previous: previous) }
        do throws(AnswerProblems) {
            return try VPSAnswers.read(sheet, previous: previous)
        } catch {
            throw Self.refused(error)
        }
    }

    private var flags: [(AnswerKey, [String])] {
        func one(_ text: String?) -> [String] { text.map { [$0] } ?? [] }
        return [
            (.domain, one(domain)), (.allow, allow), (.allowDomain, allowDomain), (.endpoint, one(endpoint)),
            (.appPort, one(appPort)), (.wireGuardPort, one(wireguardPort)), (.ratholePort, one(ratholePort)),
            (.tunnelNetwork, one(tunnelNetwork)), (.rathole, one(rathole)), (.smtpHost, one(smtpHost)),
            (.smtpPort, one(smtpPort)), (.smtpSecurity, one(smtpSecurity)), (.smtpUser, one(smtpUser)),
            (.smtpCAFile, one(smtpCaFile)), (.mailFrom, one(mailFrom)), (.contact, one(contact)),
            (.brandName, one(brandName)), (.isDefaultSite, one(defaultSite)),
        ]
    }

    private func answersFile() throws -> AnswerSheet {
        guard let answers else { return AnswerSheet() }
        switch AnswerSheet.file(try SecretFile.text(answers), path: answers) {
        case .success(let sheet): return sheet
        case .failure(let problems): throw Self.refused(problems)
        }
    }

    /// Says what is wrong with the answers; the exit to end with.
    private static func refused(_ problems: AnswerProblems) -> ExitCode {
        Terminal.diagnostics.write(line: "\(problems)")
        Terminal.diagnostics.write(line: "Nothing was changed.")
        return ExitCode(64)
    }
}
