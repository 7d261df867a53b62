import GateModel
import Mail
import Store

// A mail job as the queue keeps it: the payload that is sealed.

extension MailJob {
    var payload: [UInt8] {
        StrictJSON.encode([
            ("recipient", .string(recipient.description)), ("loginURL", .string(loginURL)),
            ("code", .string(code ?? "")), ("expiryMinutes", .integer(Int64(expiryMinutes))),
            ("expires", .integer(expiresUnixSeconds)),
        ])
    }

    /// The job of a payload; nil when it was not written by ``payload``.
    init?(id: String, payload: [UInt8]) {
        guard let members = StrictJSON.object(payload),
            let recipient = members["recipient"]?.string.flatMap({ try? EmailAddress($0) }),
            let loginURL = members["loginURL"]?.string, let code = members["code"]?.string,
            let minutes = members["expiryMinutes"]?.integer, let expires = members["expires"]?.integer
        else { return nil }
        self.init(
            id: id, recipient: recipient, loginURL: loginURL, code: code.isEmpty ? nil : code,
            expiryMinutes: Int(minutes), expiresUnixSeconds: expires)
    }
}

extension MailJob {
    /// The job of a mail in the queue; nil when no key opened it.
    init?(_ mail: WaitingMail, settings: IdentitySettings, unixSeconds: Int64) {
        guard let payload = mail.payload else { return nil }
        switch mail.kind {
        case .link: self.init(id: mail.id, payload: payload)
        case .recovery:
            guard let recipient = try? EmailAddress(String(decoding: payload, as: UTF8.self)) else {
                return nil
            }
            self.init(
                id: mail.id, kind: .recovery, recipient: recipient, loginURL: settings.baseURL.origin + "/",
                code: nil, expiryMinutes: Int(mail.remaining.components.seconds / 60),
                expiresUnixSeconds: unixSeconds + mail.remaining.components.seconds)
        }
    }
}
