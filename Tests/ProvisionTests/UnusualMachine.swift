import GateModel
import Testing

@testable import Provision

/// Machines unlike the example: what is rendered for them is kept in files, for people and for the real programs.
enum UnusualMachine: String, CaseIterable, CustomTestStringConvertible {
    case vpsIPv6 = "vps-ipv6"
    case vpsManyUsers = "vps-many-users"
    case vpsOddCharacters = "vps-odd-characters"
    case vpsBare = "vps-bare"
    case aiboxIPv6 = "aibox-ipv6"
    case aiboxBare = "aibox-bare"

    var testDescription: String { rawValue }

    func plan() throws -> Plan {
        switch self {
        case .vpsIPv6: try Self.ipv6()
        case .vpsManyUsers: try Self.manyUsers()
        case .vpsOddCharacters: try Self.oddCharacters()
        case .vpsBare: try Self.bare()
        case .aiboxIPv6:
            try Self.aibox(endpoint: "2001:db8::1") { $0.tunnel = try TunnelNetwork("172.30.7.4/30") }
        case .aiboxBare: try Self.aibox(endpoint: "192.0.2.1") { $0.ratholeProgram = nil }
        }
    }

    private static func ipv6() throws -> Plan {
        var answers = try ExampleMachines.vpsAnswers()
        answers.endpoint = try PublicHost("[2001:db8::1]")
        answers.tunnel = try TunnelNetwork("172.30.7.4/30")
        answers.appPort = try Port("8188")
        answers.mail?.host = try PublicHost("2001:db8::25")
        return VPSPlan.make(answers: answers, secrets: try ExampleMachines.vpsSecrets())
    }

    private static func manyUsers() throws -> Plan {
        var answers = try ExampleMachines.vpsAnswers(
            domain: "app.münchen.example",
            allow: ["ann@example.com", "bob@example.org", "o'neil+ai@example.net"])
        answers.allowedDomains = [try DomainName("example.com"), try DomainName("team.example.org")]
        var secrets = try ExampleMachines.vpsSecrets()
        secrets.sessionKeyPrevious = [secrets.sessionKey]
        secrets.jwtSecretPrevious = [secrets.jwtSecret, secrets.ratholeToken]
        return VPSPlan.make(answers: answers, secrets: secrets)
    }

    private static func oddCharacters() throws -> Plan {
        let odd = #"a"b'c$d;e}f{g\h`i#j%k é日本 👩‍💻"#
        var answers = try ExampleMachines.vpsAnswers(allow: ["a$b}c{d`e'f#g%h@example.com"])
        answers.brandName = try PlainText(odd)
        answers.mail?.senderName = try PlainText(odd)
        answers.mail?.subject = try PlainText(odd)
        answers.mail?.login = MailAnswers.Login(user: try PlainText(odd), password: Secret(text: odd))
        return VPSPlan.make(answers: answers, secrets: try ExampleMachines.vpsSecrets())
    }

    /// No mail, no Rathole, not joined, no IPv6, other sites on the machine.
    private static func bare() throws -> Plan {
        var answers = try ExampleMachines.vpsAnswers()
        answers.mail = nil
        answers.contact = nil
        answers.ratholeProgram = nil
        answers.listensOnIPv6 = false
        answers.isDefaultSite = false
        return VPSPlan.make(answers: answers, secrets: try ExampleMachines.vpsSecrets(isJoined: false))
    }

    private static func aibox(endpoint: String, _ change: (inout AiboxAnswers) throws -> Void) throws -> Plan
    {
        var answers = try ExampleMachines.aiboxAnswers(endpoint: endpoint)
        try change(&answers)
        return AiboxPlan.make(answers: answers, secrets: try ExampleMachines.aiboxSecrets())
    }
}
