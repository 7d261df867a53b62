import Cryptography
import GateModel
import Mail
import Store

/// A link in the making: its record, and the mail that carries it.
struct NewLink {
    /// What ties a link to the browser that asked for it.
    struct Binding {
        let nonce: [UInt8]?
        let next: String?
        let client: Client
    }

    /// Characters of a short code: 40 bits.
    static let codeLength = 8
    static let nonceBytes = 16

    let record: LinkRecord
    /// The mail; its `loginURL` is the link itself.
    let job: MailJob

    /// Makes a link; `binding` is nil for the operator's.
    init(
        account: EmailAddress, keyring: Keyring, settings: IdentitySettings, now: Stamp, binding: Binding?,
        isDecoy: Bool
    ) {
        let identifier = LinkToken.randomIdentifier()
        let nonceHash = Self.hash(nonce: binding?.nonce)
        let code = Base32.encode(Random.bytes(5))
        self.record = LinkRecord(
            id: LinkToken.recordID(of: identifier), account: account.description, issued: now,
            life: settings.linkLife, nonceHash: nonceHash,
            codeHash: nonceHash.map {
                Self.hash(
                    code: code, nonceHash: $0, origin: settings.baseURL.origin, key: keyring.shortCodes[0])
            },
            next: nonceHash == nil ? nil : binding?.next.flatMap(SafeRedirect.check),
            clientAddress: binding?.client.address.description, userAgent: binding?.client.userAgent,
            isDecoy: isDecoy)
        let token = LinkToken(
            identifier: identifier, subject: account.description, issuedAt: now.unixSeconds,
            expiresAt: record.expiresUnixSeconds, origin: settings.baseURL.origin)
        self.job = MailJob(
            id: Hex.encode(Random.bytes(8)), recipient: account,
            loginURL: "\(settings.baseURL.origin)/.runegate/auth?token=\(token.signed(with: keyring.links))",
            code: nonceHash == nil ? nil : code,
            expiryMinutes: Int(settings.linkLife.components.seconds / 60),
            expiresUnixSeconds: record.expiresUnixSeconds)
    }

    /// What the nonce is kept and compared as; nil unless it has its 16 bytes.
    static func hash(nonce: [UInt8]?) -> String? {
        guard let nonce, nonce.count == nonceBytes else { return nil }
        return Hex.encode(SHA256.hash(nonce))
    }

    /// What a code is kept as: 40 bits could be guessed from a plain hash, and one code is worth nothing
    /// in another browser, or at another origin.
    static func hash(code: String, nonceHash: String, origin: String, key: Secret) -> String {
        Hex.encode(HMACSHA256.authenticate(Array("\(origin) \(nonceHash) \(code)".utf8), key: key))
    }
}

extension LinkToken {
    /// The id of the link's record.
    var recordID: String { Self.recordID(of: identifier) }

    static func recordID(of identifier: String) -> String { Hex.encode(SHA256.hash(identifier.utf8)) }

    /// Whether every claim is the one that the link was made with.
    func matches(_ link: LinkRecord) -> Bool {
        subject == link.account && issuedAt == link.issued.unixSeconds && expiresAt == link.expiresUnixSeconds
    }
}
