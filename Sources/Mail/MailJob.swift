package import GateModel

/// One mail to be written and delivered.
///
/// It may carry a secret, the sign-in link, so it never describes itself with more than its id.
package struct MailJob: Sendable, Equatable, Codable {
    /// What the mail is for; it decides the words.
    package enum Kind: String, Sendable, Codable {
        /// A sign-in link.
        case link
        /// The app can be reached again, to somebody who asked to be told.
        case recovery
        /// The owner checks whether mail arrives.
        case test
    }

    /// Names the job in reports and logs; no secret.
    package let id: String
    package let kind: Kind
    package let recipient: EmailAddress
    /// The whole sign-in link; of a recovery mail the address of the site, which is no secret; empty in a test
    /// mail.
    package let loginURL: String
    /// The short code to type into the asking browser; nil when that browser has none bound.
    package let code: String?
    /// The life of the link as configured, in minutes.
    package let expiryMinutes: Int
    /// When the link stops working, or the news is old, in seconds since the Unix epoch; the mail is never sent
    /// after it.
    package let expiresUnixSeconds: Int64

    package init(
        id: String, kind: Kind = .link, recipient: EmailAddress, loginURL: String, code: String?,
        expiryMinutes: Int, expiresUnixSeconds: Int64
    ) {
        self.id = id
        self.kind = kind
        self.recipient = recipient
        self.loginURL = loginURL
        self.code = code
        self.expiryMinutes = expiryMinutes
        self.expiresUnixSeconds = expiresUnixSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case id, kind, recipient, loginURL, code, expiryMinutes, expiresUnixSeconds
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.id = try values.decode(String.self, forKey: .id)
        self.kind = try values.decode(Kind.self, forKey: .kind)
        self.recipient = try EmailAddress(try values.decode(String.self, forKey: .recipient))
        self.loginURL = try values.decode(String.self, forKey: .loginURL)
        self.code = try values.decodeIfPresent(String.self, forKey: .code)
        self.expiryMinutes = try values.decode(Int.self, forKey: .expiryMinutes)
        self.expiresUnixSeconds = try values.decode(Int64.self, forKey: .expiresUnixSeconds)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(id, forKey: .id)
        try values.encode(kind, forKey: .kind)
        try values.encode(recipient.description, forKey: .recipient)
        try values.encode(loginURL, forKey: .loginURL)
        try values.encodeIfPresent(code, forKey: .code)
        try values.encode(expiryMinutes, forKey: .expiryMinutes)
        try values.encode(expiresUnixSeconds, forKey: .expiresUnixSeconds)
    }
}

extension MailJob: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "mail \(id)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}
