import Cryptography

/// The session cookie's value: an HS256 token that counts only while its `sid` is live.
struct SessionToken: Equatable {
    /// The session's secret identifier: 256 random bits in base64url.
    let identifier: String
    /// The signed-in address.
    let subject: String
    /// Seconds since the Unix epoch.
    let issuedAt: Int64
    let expiresAt: Int64
    /// Where it counts.
    var door = Door.app

    static func randomIdentifier() -> String { Base64URL.encode(Random.bytes(32)) }

    func signed(with keys: KeyTable) -> String {
        SignedToken.make(
            type: door.sessionType,
            claims: [
                ("sid", .string(identifier)), ("sub", .string(subject)), ("iat", .integer(issuedAt)),
                ("exp", .integer(expiresAt)),
            ],
            keys: keys)
    }

    /// The token of a cookie's value, and whether a previous key signed it; nil when it is not ours.
    ///
    /// The caller compares the claims with the live session's, so the wall clock is not asked here.
    static func verify(_ value: some StringProtocol, keys: KeyTable, at door: Door = .app) -> (
        token: SessionToken, isPrevious: Bool
    )? {
        guard let (claims, keyID) = SignedToken.verify(value, type: door.sessionType, keys: keys),
            claims.count == 4,
            let identifier = claims["sid"]?.string, let subject = claims["sub"]?.string,
            let issuedAt = claims["iat"]?.integer, let expiresAt = claims["exp"]?.integer
        else { return nil }
        let token = SessionToken(
            identifier: identifier, subject: subject, issuedAt: issuedAt, expiresAt: expiresAt, door: door)
        return (token, keyID != keys.currentID)
    }
}
