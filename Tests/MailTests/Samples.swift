import Foundation
import GateModel
import TestSupport

@testable import GateConfig
@testable import Mail

/// What the tests send, from whom and to whom.
enum Samples {
    static let password = "pa ss/word+1"

    static func address(_ text: String) throws -> EmailAddress { try EmailAddress(text) }

    static func job(
        id: String = "7", to recipient: String = "ann@example.com", code: String? = "7K3MNPQ4",
        expires: Int64 = 1_790_000_900
    ) throws -> MailJob {
        MailJob(
            id: id, recipient: try address(recipient),
            loginURL: "https://app.example.com/.runegate/auth?token=eyJhbGciOi.J9.c2ln", code: code,
            expiryMinutes: 15, expiresUnixSeconds: expires)
    }

    static func account(
        port: Int = 25, host: String = "127.0.0.1", security: MailAccount.Security = .none,
        user: String? = nil,
        subject: String = "Sign in to {brand}", bodyTemplate: String? = nil, fromName: String? = nil
    ) throws -> MailAccount {
        MailAccount(
            host: host, port: port, security: security, user: user,
            password: user.map { _ in Secret(text: password) }, fromName: fromName,
            fromAddress: try address("gate@example.com"), subject: subject, bodyTemplate: bodyTemplate)
    }

    static let brand = BrandSettings(name: "Acme & Söhne", color: "#0b7285", logo: nil)

    /// A mail whose lines put dot-stuffing to the test.
    static func mail(_ message: String = "Subject: x\r\n\r\n.hidden\r\n..\r\n.\r\nend\r\n") throws
        -> ComposedMail
    {
        ComposedMail(
            sender: try address("gate@example.com"), recipient: try address("ann@example.com"),
            message: Array(message.utf8), expiresUnixSeconds: 1_790_000_900,
            secrets: ["sekrit-link", "7K3MNPQ4"])
    }
}

/// A directory that goes away with this object.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory.appending(path: "runegate-mail-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}
