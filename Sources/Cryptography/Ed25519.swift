internal import COpenSSL
package import GateModel

/// Ed25519 signatures (RFC 8032).
package enum Ed25519 {
    /// The 32-byte public key of a 32-byte private seed.
    package static func publicKey(seed: Secret) -> [UInt8] {
        let key = privateKey(seed)
        defer { EVP_PKEY_free(key) }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = bytes.count
        let result = EVP_PKEY_get_raw_public_key(key, &bytes, &count)
        precondition(result == 1 && count == 32, "libcrypto could not derive an Ed25519 public key")
        return bytes
    }

    /// The 64-byte signature of `message`.
    package static func sign(_ message: [UInt8], seed: Secret) -> [UInt8] {
        let key = privateKey(seed)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        let signed =
            EVP_DigestSignInit(context, nil, nil, nil, key) == 1
            && EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        precondition(signed && count == 64, "libcrypto could not sign with Ed25519")
        return signature
    }

    /// Whether `signature` is one of `message` under a 32-byte public key.
    ///
    /// Anything malformed is not.
    package static func verify(_ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == 64, publicKey.count == 32,
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
        else { return false }
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(key)
        }
        let verified =
            EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        // A refused signature leaves entries in the thread's error queue, where TLS would find them.
        ERR_clear_error()
        return verified
    }

    private static func privateKey(_ seed: Secret) -> OpaquePointer {
        precondition(seed.bytes.count == 32, "an Ed25519 seed has 32 bytes")
        guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed.bytes, seed.bytes.count)
        else {
            preconditionFailure("libcrypto has no Ed25519")
        }
        return key
    }
}
