import Cryptography

/// The token of a sign-in link, which counts only while the link's record is open.
struct LinkToken: Equatable {
    static let type = "runegate-magic+jwt"

    /// 128 random bits in base64url.
    let identifier: String
    /// The address it signs in.
    let subject: String
    /// Seconds since the Unix epoch.
    let issuedAt: Int64
    let expiresAt: Int64
    /// The gateway's origin, both `iss` and `aud`: the link is made by it and for it.
    let origin: String

    static func randomIdentifier() -> String { Base64URL.encode(Random.bytes(16)) }

    func signed(with keys: KeyTable) -> String {
        SignedToken.make(
            type: Self.type,
            claims: [
                ("jti", .string(identifier)), ("sub", .string(subject)), ("iat", .integer(issuedAt)),
                ("exp", .integer(expiresAt)), ("iss", .string(origin)), ("aud", .string(origin)),
            ],
            keys: keys)
    }

    /// The token when it is ours and for this origin; the caller compares its claims with the link's record.
    static func verify(_ text: some StringProtocol, keys: KeyTable, origin: String) -> LinkToken? {
        guard let (claims, _) = SignedToken.verify(text, type: type, keys: keys), claims.count == 6,
            claims["iss"] == .string(origin), claims["aud"] == .string(origin),
            let identifier = claims["jti"]?.string, let subject = claims["sub"]?.string,
            let issuedAt = claims["iat"]?.integer, let expiresAt = claims["exp"]?.integer
        else { return nil }
        return LinkToken(
            identifier: identifier, subject: subject, issuedAt: issuedAt, expiresAt: expiresAt, origin: origin
        )
    }
}
