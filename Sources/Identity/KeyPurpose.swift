/// What a key is for: the label (`info`, RFC 5869 §2.3) that derives it with HKDF-SHA256 from its secret.
///
/// The salt is empty, each key has 32 bytes but ``keyName``. These labels are the contract with
/// other programs that check our tokens (`docs/ARCHITECTURE.md`, the PyJWT test): one that changes makes
/// every token of the old one void.
package enum KeyPurpose: String, CaseIterable, Sendable {
    /// HS256 key of session cookies, from `RUNEGATE_SESSION_KEY`.
    case sessionCookie = "runegate session cookie HS256 v1"
    /// HS256 key of links, from `RUNEGATE_JWT_SECRET`, as are the following.
    case linkHS256 = "runegate sign-in link HS256 v1"
    /// Ed25519 seed of links (RFC 8032 §5.1.5).
    case linkEdDSA = "runegate sign-in link EdDSA v1"
    /// HMAC-SHA256 key that short codes are hashed with.
    case shortCode = "runegate short code HMAC-SHA256 v1"
    /// AES-256-GCM key of queued mails.
    case mailQueue = "runegate mail queue AES-256-GCM v1"
    /// The 6 bytes whose base64url form names the secret's keys in `kid`.
    case keyName = "runegate key name v1"
}
