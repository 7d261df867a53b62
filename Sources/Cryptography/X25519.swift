internal import COpenSSL
package import GateModel

/// Diffie–Hellman on Curve25519 (RFC 7748 §5): what WireGuard's, Noise's and our enrolment keys are for.
package enum X25519 {
    /// The length of a private key, a public key and a shared secret.
    package static let keyBytes = 32

    /// 32 random bytes, clamped as `wg genkey` writes them.
    package static func makePrivateKey() -> Secret {
        var bytes = Random.bytes(keyBytes)
        // RFC 7748 §5 clamps at every use; the clamped spelling is the one that other programs print.
        bytes[0] &= 248
        bytes[31] = bytes[31] & 127 | 64
        return Secret(bytes: bytes)
    }

    /// The 32-byte public key of a private key.
    package static func publicKey(of privateKey: Secret) -> [UInt8] {
        let key = load(privateKey)
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: keyBytes)
        var count = bytes.count
        let result = EVP_PKEY_get_raw_public_key(key, &bytes, &count)
        precondition(result == 1 && count == keyBytes, "libcrypto could not derive an X25519 public key")
        return bytes
    }

    /// What both sides compute, each from its own private and the other's public key.
    ///
    /// - Returns: 32 bytes that only a key may be derived from; nil when the public key has another length, or is
    ///   one of the few points that give zero whatever the private key is (RFC 7748 §6.1).
    package static func sharedSecret(privateKey: Secret, publicKey: [UInt8]) -> Secret? {
        guard publicKey.count == keyBytes,
            let peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nil, publicKey, publicKey.count)
        else { return nil }
        let key = load(privateKey)
        let context = EVP_PKEY_CTX_new(key, nil)
        defer {
            EVP_PKEY_CTX_free(context)
            EVP_PKEY_free(key)
            EVP_PKEY_free(peer)
        }
        var shared = [UInt8](repeating: 0, count: keyBytes)
        var count = shared.count
        guard EVP_PKEY_derive_init(context) == 1, EVP_PKEY_derive_set_peer(context, peer) == 1,
            EVP_PKEY_derive(context, &shared, &count) == 1, count == keyBytes,
            !equalInConstantTime(shared, [UInt8](repeating: 0, count: keyBytes))
        else {
            // What libcrypto noted about it would be found by the next call on this thread.
            ERR_clear_error()
            return nil
        }
        return Secret(bytes: shared)
    }

    private static func load(_ privateKey: Secret) -> OpaquePointer {
        precondition(privateKey.bytes.count == keyBytes, "an X25519 private key has 32 bytes")
        guard
            let key = EVP_PKEY_new_raw_private_key(
                EVP_PKEY_X25519, nil, privateKey.bytes, privateKey.bytes.count)
        else { preconditionFailure("libcrypto has no X25519") }
        return key
    }
}
