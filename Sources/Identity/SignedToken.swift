import Cryptography

/// The one form of JWT (RFC 7519) that Runegate makes and takes: JWS compact serialisation (RFC 7515 §7.1)
/// with a header of exactly `alg`, `typ` and `kid`, and a flat object of claims.
///
/// The algorithm comes with the key, which is found by `kid` in a fixed table; a header that says anything
/// else, or more (`crit`, `jwk`, `b64` …), is refused, as RFC 8725 §3.1 and §3.11 advise.
enum SignedToken {
    /// No token of ours is nearly as long.
    static let maximumBytes = 2048

    /// The signed token.
    static func make(type: String, claims: [(name: String, value: StrictJSON.Value)], keys: KeyTable)
        -> String
    {
        let (id, key) = keys.current
        let header = StrictJSON.encode([
            ("alg", .string(key.algorithm)), ("kid", .string(id)), ("typ", .string(type)),
        ])
        let input = "\(Base64URL.encode(header)).\(Base64URL.encode(StrictJSON.encode(claims)))"
        return "\(input).\(Base64URL.encode(key.sign(Array(input.utf8))))"
    }

    /// The claims and the `kid` of a token whose form, type and signature are right; times are not looked at.
    static func verify(
        _ token: some StringProtocol, type: String, keys: KeyTable
    ) -> (claims: [String: StrictJSON.Value], keyID: String)? {
        guard let parts = Parts(token), parts.header.count == 3,
            parts.header["typ"] == .string(type),
            let keyID = parts.header["kid"]?.string, let key = keys[keyID],
            parts.header["alg"] == .string(key.algorithm),
            key.verify(parts.signature, of: parts.input)
        else { return nil }
        return (parts.claims, keyID)
    }

    /// A token taken apart, nothing of it believed yet.
    struct Parts {
        let header: [String: StrictJSON.Value]
        let claims: [String: StrictJSON.Value]
        let signature: [UInt8]
        /// What the signature is over (RFC 7515 §5.1).
        let input: [UInt8]

        init?(_ token: some StringProtocol) {
            guard token.utf8.count <= SignedToken.maximumBytes else { return nil }
            let parts = token.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3,
                let header = Base64URL.decode(parts[0]).flatMap(StrictJSON.object),
                let claims = Base64URL.decode(parts[1]).flatMap(StrictJSON.object),
                let signature = Base64URL.decode(parts[2])
            else { return nil }
            self.header = header
            self.claims = claims
            self.signature = signature
            self.input = Array(token.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        }
    }
}
