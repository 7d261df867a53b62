import Cryptography
import GateConfig
import GateModel
import Testing
import WireGuardKernel

@testable import Provision

/// The machines that the samples are rendered for.
///
/// Their keys are digests of words: good for nothing but to be parsed.
enum ExampleMachines {
    static func key(_ name: String) throws -> TunnelKey {
        try #require(TunnelKey(bytes: SHA256.hash(Array("example: \(name)".utf8))))
    }

    static func publicKey(_ name: String) throws -> PublicKey {
        try #require(PublicKey(bytes: SHA256.hash(Array("example: \(name)".utf8))))
    }

    static func hexadecimal(_ name: String) -> Secret {
        Secret(text: Hex.encode(SHA256.hash(Array("example: \(name)".utf8))))
    }

    static func vpsAnswers(domain: String = "app.example.com", allow: [String] = ["you@example.com"]) throws
        -> VPSAnswers
    {
        var answers = VPSAnswers(
            domain: try DomainName(domain), allowedEmails: try allow.map(EmailAddress.init))
        answers.ratholeProgram = try ProgramPath("/usr/local/bin/rathole")
        answers.mail = try mailAnswers()
        answers.contact = try EmailAddress("you@example.com")
        return answers
    }

    static func mailAnswers() throws -> MailAnswers {
        var mail = MailAnswers(
            host: try PublicHost("smtp.example.com"), port: Port(known: 587), security: .startTLS,
            sender: try EmailAddress("gate@example.com"))
        mail.login = MailAnswers.Login(
            user: try PlainText("gate@example.com"), password: Secret(text: "the password of that account"))
        mail.senderName = try PlainText("Gate")
        return mail
    }

    static func vpsSecrets(isJoined: Bool = true) throws -> VPSSecrets {
        VPSSecrets(
            wireGuardPrivateKey: try key("vps wireguard"), ratholePrivateKey: try key("vps rathole"),
            ratholeNobody: try publicKey("nobody"), ratholeToken: hexadecimal("token"),
            jwtSecret: hexadecimal("jwt"),
            sessionKey: Secret(text: hexadecimal("session 1").text + hexadecimal("session 2").text),
            joined: isJoined
                ? JoinedBox(
                    wireGuardKey: try publicKey("aibox wireguard"),
                    ratholeKey: try publicKey("aibox rathole"),
                    presharedKey: try key("preshared"))
                : nil)
    }

    static func aiboxAnswers(endpoint: String = "app.example.com") throws -> AiboxAnswers {
        var answers = AiboxAnswers(
            domain: try DomainName("app.example.com"), endpoint: try PublicHost(endpoint))
        answers.ratholeProgram = try ProgramPath("/usr/local/bin/rathole")
        return answers
    }

    static func aiboxSecrets() throws -> AiboxSecrets {
        AiboxSecrets(
            wireGuardPrivateKey: try key("aibox wireguard private"),
            ratholePrivateKey: try key("aibox rathole private"),
            vps: JoinedVPS(
                wireGuardKey: try publicKey("vps wireguard"), ratholeKey: try publicKey("vps rathole"),
                presharedKey: try key("preshared"), ratholeToken: hexadecimal("token")))
    }
}
