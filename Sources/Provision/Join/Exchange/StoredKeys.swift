import Cryptography
package import GateModel
package import WireGuardKernel

// How keys stand in our own state files: base64url in one string each.

extension PublicKey: Codable {
    package init(from decoder: any Decoder) throws {
        guard let key = PublicKey(bytes: try decoder.storedBytes()) else { throw decoder.notStored("a key") }
        self = key
    }

    package func encode(to encoder: any Encoder) throws { try encoder.store(bytes) }
}

extension TunnelKey: Codable {
    package init(from decoder: any Decoder) throws {
        guard let key = TunnelKey(bytes: try decoder.storedBytes()) else { throw decoder.notStored("a key") }
        self = key
    }

    package func encode(to encoder: any Encoder) throws { try encoder.store(secret.bytes) }
}

extension TunnelKey {
    /// A new X25519 private key.
    package static func makePrivateKey() -> TunnelKey { TunnelKey(X25519.makePrivateKey()) }

    /// 32 random bytes.
    package static func makeRandom() -> TunnelKey { TunnelKey(Secret(bytes: Random.bytes(32))) }

    /// The public key that belongs to it.
    package var publicKey: PublicKey {
        guard let key = PublicKey(bytes: X25519.publicKey(of: secret)) else {
            preconditionFailure("an X25519 public key has 32 bytes")
        }
        return key
    }

    /// Of 32 bytes.
    init(_ secret: Secret) {
        guard let key = TunnelKey(bytes: secret.bytes) else {
            preconditionFailure("a tunnel key has 32 bytes")
        }
        self = key
    }
}

/// A secret that is written into a file of ours, mode 0600, and nowhere else.
///
/// `Secret` itself cannot be encoded, so that none gets out by accident.
package struct StoredSecret: Codable, Hashable, Sendable {
    package let secret: Secret

    package init(_ secret: Secret) {
        self.secret = secret
    }

    package init(from decoder: any Decoder) throws {
        self.secret = Secret(bytes: try decoder.storedBytes())
    }

    package func encode(to encoder: any Encoder) throws { try encoder.store(secret.bytes) }
}

extension Decoder {
    fileprivate func storedBytes() throws -> [UInt8] {
        guard let bytes = Base64URL.decode(try singleValueContainer().decode(String.self)) else {
            throw notStored("base64url")
        }
        return bytes
    }

    fileprivate func notStored(_ expected: String) -> DecodingError {
        .dataCorrupted(.init(codingPath: codingPath, debugDescription: "expected \(expected)"))
    }
}

extension Encoder {
    fileprivate func store(_ bytes: [UInt8]) throws {
        var container = singleValueContainer()
        try container.encode(Base64URL.encode(bytes))
    }
}
