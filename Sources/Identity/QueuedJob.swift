import GateModel
import Mail
import Store

// A mail job as the queue keeps it: the payload that is sealed.

extension MailJob {
    var payload: [UInt8] {
        StrictJSON.encode([
            ("recipient", .string(recipient.description)), ("loginURL", .string(loginURL)),
            ("code", .string(code ?? "")), ("expiryMinutes", .integer(Int64(expiryMinutes))),
        ])
    }

    /// The job of a payload; nil when it was not written by ``payload``.
    private init?(id: String, payload: [UInt8], expiresUnixSeconds: Int64) {
        guard let members = StrictJSON.object(payload),
            let recipient = members["recipient"]?.string.flatMap({ try? EmailAddress($0) }),
            let loginURL = members["loginURL"]?.string, let code = members["code"]?.string,
            let minutes = members["expiryMinutes"]?.integer
        else { return nil }
        self.init(
            id: id, recipient: recipient, loginURL: loginURL, code: code.isEmpty ? nil : code,
            expiryMinutes: Int(minutes), expiresUnixSeconds: expiresUnixSeconds)
    }

    /// The job of a mail in the queue; nil when no key opened it.
    ///
    /// When it expires is told by the wall clock of now, which may have been set since the mail was queued.
    init?(_ mail: WaitingMail, settings: IdentitySettings, unixSeconds: Int64) {
        guard let payload = mail.payload else { return nil }
        let expires = unixSeconds + mail.remaining.components.seconds
        switch mail.kind {
        case .link: self.init(id: mail.id, payload: payload, expiresUnixSeconds: expires)
        case .recovery:
            guard let recipient = try? EmailAddress(String(decoding: payload, as: UTF8.self)) else {
                return nil
            }
            self.init(
                id: mail.id, kind: .recovery, recipient: recipient, loginURL: settings.baseURL.origin + "/",
                code: nil, expiryMinutes: Int(mail.remaining.components.seconds / 60),
                expiresUnixSeconds: expires)
        }
    }
}
