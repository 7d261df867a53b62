import Cryptography
package import GateConfig
package import GateModel
import Store

/// Every key of this module, derived from the configured secrets, each for one purpose.
///
/// The first secret of each kind signs; the others verify what was signed before a rotation.
package struct Keyring: Sendable {
    let session: KeyTable
    let links: KeyTable
    /// Keys that short codes are hashed with, the current one first.
    let shortCodes: [Secret]
    let sealing: Sealing

    /// Takes the secrets of each kind, the current one first.
    package init(
        jwtSecret: Secret, previousJWTSecrets: [Secret] = [], sessionKey: Secret,
        previousSessionKeys: [Secret] = [], linkAlgorithm: IdentitySettings.Algorithm = .hs256
    ) {
        self.session = KeyTable(current: sessionKey, previous: previousSessionKeys) { secret in
            .hs256(Self.derive(.sessionCookie, from: secret))
        }
        self.links = KeyTable(current: jwtSecret, previous: previousJWTSecrets) { secret in
            switch linkAlgorithm {
            case .hs256:
                return .hs256(Self.derive(.linkHS256, from: secret))
            case .edDSA:
                let seed = Self.derive(.linkEdDSA, from: secret)
                return .edDSA(seed: seed, publicKey: Ed25519.publicKey(seed: seed))
            }
        }
        self.shortCodes = ([jwtSecret] + previousJWTSecrets).map { Self.derive(.shortCode, from: $0) }
        self.sealing = Sealing(
            current: Self.derive(.mailQueue, from: jwtSecret),
            previous: previousJWTSecrets.map { Self.derive(.mailQueue, from: $0) })
    }

    package init(_ settings: TokenSettings) {
        self.init(
            jwtSecret: settings.jwtSecret, previousJWTSecrets: settings.jwtSecretPrevious,
            sessionKey: settings.sessionKey, previousSessionKeys: settings.sessionKeyPrevious,
            linkAlgorithm: settings.jwtAlgorithm == .edDSA ? .edDSA : .hs256)
    }

    /// The key of one purpose; 32 bytes.
    static func derive(_ purpose: KeyPurpose, from secret: Secret) -> Secret {
        HKDFSHA256.derive(from: secret, label: purpose.rawValue, count: 32)
    }
}

/// A key that signs tokens, with the algorithm it is for: that is never read from a token.
enum SigningKey: Sendable {
    case hs256(Secret)
    case edDSA(seed: Secret, publicKey: [UInt8])

    /// The `alg` of its tokens (RFC 7518 §3.1, RFC 8037 §3.1).
    var algorithm: String {
        switch self {
        case .hs256: "HS256"
        case .edDSA: "EdDSA"
        }
    }

    func sign(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .hs256(let key): HMACSHA256.authenticate(message, key: key)
        case .edDSA(let seed, _): Ed25519.sign(message, seed: seed)
        }
    }

    func verify(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch self {
        case .hs256(let key): equalInConstantTime(HMACSHA256.authenticate(message, key: key), signature)
        case .edDSA(_, let publicKey): Ed25519.verify(signature, of: message, publicKey: publicKey)
        }
    }
}

/// The fixed table that `kid` is looked up in: one current key, and those it replaced.
struct KeyTable: Sendable {
    /// The `kid` of the key that signs.
    let currentID: String
    private let currentKey: SigningKey
    private let previous: [String: SigningKey]

    init(current: Secret, previous: [Secret], key: (Secret) -> SigningKey) {
        self.currentID = Self.id(of: current)
        self.currentKey = key(current)
        self.previous = Dictionary(previous.map { (Self.id(of: $0), key($0)) }) { first, _ in first }
    }

    /// The key that signs, with its `kid`.
    var current: (id: String, key: SigningKey) { (currentID, currentKey) }

    subscript(id: String) -> SigningKey? { id == currentID ? currentKey : previous[id] }

    /// Names a secret without telling it: 8 characters of base64url.
    static func id(of secret: Secret) -> String {
        Base64URL.encode(HKDFSHA256.derive(from: secret, label: KeyPurpose.keyName.rawValue, count: 6).bytes)
    }
}
