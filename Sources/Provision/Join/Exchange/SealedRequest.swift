import Cryptography
package import GateModel
package import WireGuardKernel

// The frame around every request to `runegate enroll`, and the aibox's side of it.
//
//   1   version, 1
//   1   kind: 1 join, 2 what a joined box asks later
//   8   which code or box: a one-way name of the key that both have
//   32  an X25519 public key made for this request alone
//   …   sealed: nonce, ciphertext, tag (AES-256-GCM)
//
// The keys are HKDF-SHA256 of X25519(request's key, enrolment key) ‖ the key that both have, salted with the hash of all
// that goes before, the enrolment key and what both must agree on; labels "runegate enroll request 1" and
// "runegate enroll reply 1". The reply's key takes in another X25519 with a key made for that reply, so that a recording
// stays closed should the enrolment key ever get out, and the hash of the whole request.

/// What a request is about.
package enum RequestKind: UInt8, Codable, Sendable {
    /// Made from a join code.
    case join = 1
    /// From a joined box.
    case channel = 2
}

/// The key that both sides have, and its name.
package struct PairKey: Codable, Hashable, Sendable {
    /// 32 bytes.
    package let key: StoredSecret
    /// 8 bytes that tell nothing of the key.
    package let name: [UInt8]

    /// The key of a join code: what the VPS keeps in the code's place.
    package init(codeSecret: Secret, server: PublicKey) {
        self.init(
            HKDFSHA256.derive(
                from: codeSecret, salt: server.bytes, label: "runegate join key 1", count: 32))
    }

    /// The key that a box and its VPS use from their join on.
    ///
    /// `shared` is what both computed for the join's request.
    init(joined shared: Secret) {
        self.init(HKDFSHA256.derive(from: shared, label: "runegate channel key 1", count: 32))
    }

    private init(_ key: Secret) {
        self.key = StoredSecret(key)
        self.name = HKDFSHA256.derive(from: key, label: "runegate key name 1", count: 8).bytes
    }
}

/// The bytes in front of what is sealed.
struct RequestHeader: Equatable {
    static let version: UInt8 = 1
    static let nameBytes = 8

    let kind: RequestKind
    let name: [UInt8]
    let ephemeral: PublicKey

    var octets: [UInt8] { [Self.version, kind.rawValue] + name + ephemeral.bytes }

    /// The key material of a request, from either side.
    ///
    /// `agreed` is hashed in: a request opens only where the same is agreed on.
    func material(
        shared: Secret, pair: PairKey, server: PublicKey, agreed: [UInt8]
    ) -> (salt: [UInt8], secret: Secret) {
        let salt = SHA256.hash(
            Array("runegate enroll 1".utf8) + octets + server.bytes + SHA256.hash(agreed))
        return (salt, Secret(bytes: shared.bytes + pair.key.secret.bytes))
    }
}

/// A request as it is sent, and what is needed to open its reply; kept by the aibox until there is one.
package struct SealedRequest: Codable, Equatable, Sendable {
    package let octets: [UInt8]
    let ephemeral: TunnelKey
    let pair: PairKey
    let server: PublicKey
    let agreed: [UInt8]

    /// Seals `plaintext` for the VPS with the enrolment key `server`; nil when that is no key to seal for.
    init?(
        _ plaintext: [UInt8], kind: RequestKind, pair: PairKey, server: PublicKey, agreed: [UInt8] = [],
        ephemeral: TunnelKey = .makePrivateKey()
    ) {
        let header = RequestHeader(kind: kind, name: pair.name, ephemeral: ephemeral.publicKey)
        guard let shared = X25519.sharedSecret(privateKey: ephemeral.secret, publicKey: server.bytes) else {
            return nil
        }
        let (salt, secret) = header.material(shared: shared, pair: pair, server: server, agreed: agreed)
        let key = HKDFSHA256.derive(
            from: secret, salt: salt, label: "runegate enroll request 1", count: 32)
        self.octets = header.octets + AESGCM.seal(plaintext, key: key, context: header.octets)
        self.ephemeral = ephemeral
        self.pair = pair
        self.server = server
        self.agreed = agreed
    }

    /// The key that both sides use from a successful join on.
    var channelKey: PairKey? { secrets.map { PairKey(joined: $0.secret) } }

    /// The plaintext of the reply; nil when it is no reply to this very request.
    func open(_ reply: SealedReply) -> [UInt8]? {
        guard let secrets,
            let fresh = X25519.sharedSecret(
                privateKey: ephemeral.secret, publicKey: reply.ephemeral.bytes)
        else { return nil }
        return AESGCM.open(
            reply.sealed,
            key: SealedReply.key(
                fresh: fresh, secret: secrets.secret, salt: secrets.salt, request: octets,
                ephemeral: reply.ephemeral),
            context: reply.header)
    }

    private var secrets: (salt: [UInt8], secret: Secret)? {
        X25519.sharedSecret(privateKey: ephemeral.secret, publicKey: server.bytes).map { shared in
            let header = RequestHeader(
                kind: RequestKind(rawValue: octets[1]) ?? .join, name: pair.name,
                ephemeral: ephemeral.publicKey)
            return header.material(shared: shared, pair: pair, server: server, agreed: agreed)
        }
    }
}
