import Cryptography
import WireGuardKernel

/// A request as it arrived at the VPS: in its frame, not opened.
package struct ReceivedRequest: Equatable, Sendable {
    /// More is no request.
    package static let maximumBytes = 4096
    /// The frame with the nonce and the tag of nothing.
    static let minimumBytes = 2 + RequestHeader.nameBytes + 32 + 12 + 16

    package let octets: [UInt8]
    let header: RequestHeader
    private let sealed: [UInt8]

    package enum Problem: Error, Equatable { case otherVersion, malformed }

    package init(octets: [UInt8]) throws(Problem) {
        var reader = OctetReader(octets)
        guard let version = reader.take(UInt8.self) else { throw .malformed }
        guard version == RequestHeader.version else { throw .otherVersion }
        guard (Self.minimumBytes...Self.maximumBytes).contains(octets.count),
            let kind = reader.take(UInt8.self).flatMap(RequestKind.init(rawValue:)),
            let name = reader.take(RequestHeader.nameBytes), let ephemeral = reader.takeKey()
        else { throw .malformed }
        self.octets = octets
        self.header = RequestHeader(kind: kind, name: name, ephemeral: ephemeral)
        self.sealed = reader.takeRest()
    }

    /// Opens it; nil when it was not sealed with these keys, or was changed on the way.
    func open(pair: PairKey, enrolmentKey: TunnelKey, agreed: [UInt8] = []) -> OpenedRequest? {
        guard
            let shared = X25519.sharedSecret(
                privateKey: enrolmentKey.secret, publicKey: header.ephemeral.bytes)
        else { return nil }
        let (salt, secret) = header.material(
            shared: shared, pair: pair, server: enrolmentKey.publicKey, agreed: agreed)
        let key = HKDFSHA256.derive(
            from: secret, salt: salt, label: "runegate enroll request 1", count: 32)
        guard let plaintext = AESGCM.open(sealed, key: key, context: header.octets) else { return nil }
        return OpenedRequest(
            plaintext: plaintext,
            sealer: ReplySealer(
                request: octets, client: header.ephemeral, salt: salt, secret: StoredSecret(secret)))
    }

    /// What a request is remembered by.
    var digest: [UInt8] { SHA256.hash(octets) }
}

/// A request that was opened, and the means to answer it.
struct OpenedRequest {
    let plaintext: [UInt8]
    let sealer: ReplySealer

    /// The key that both sides use from a successful join on.
    var channelKey: PairKey { PairKey(joined: sealer.secret.secret) }
}

/// Seals replies to one request, which only its sender can open.
package struct ReplySealer: Hashable, Sendable {
    let request: [UInt8]
    let client: PublicKey
    let salt: [UInt8]
    let secret: StoredSecret

    package func seal(_ plaintext: [UInt8], ephemeral: TunnelKey = .makePrivateKey()) -> [UInt8] {
        // The request was opened with this key of the sender's, so it is not one that gives zero.
        guard
            let fresh = X25519.sharedSecret(privateKey: ephemeral.secret, publicKey: client.bytes)
        else { preconditionFailure("the sender's key was used before") }
        let own = ephemeral.publicKey
        let key = SealedReply.key(
            fresh: fresh, secret: secret.secret, salt: salt, request: request, ephemeral: own)
        let header = SealedReply.header(own)
        return header + AESGCM.seal(plaintext, key: key, context: header)
    }
}
