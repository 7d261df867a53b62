internal import COpenSSL
package import GateModel

/// SHA-256 (FIPS 180-4).
package enum SHA256 {
    /// The 32-byte digest.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let input = Array(bytes)
        let result = EVP_Digest(input, input.count, &digest, nil, EVP_sha256(), nil)
        precondition(result == 1, "libcrypto has no SHA-256")
        return digest
    }
}

/// HMAC with SHA-256 (RFC 2104).
package enum HMACSHA256 {
    /// The 32-byte tag of `bytes` under `key`.
    package static func authenticate(_ bytes: [UInt8], key: Secret) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: 32)
        let result = HMAC(
            EVP_sha256(), key.bytes, Int32(key.bytes.count), bytes, bytes.count, &tag, nil)
        precondition(result != nil, "libcrypto has no HMAC")
        return tag
    }
}

/// HKDF with SHA-256 (RFC 5869): one secret, a key of its own for each purpose.
package enum HKDFSHA256 {
    /// Derives `count` bytes; `label` is the `info` input and names the purpose.
    ///
    /// `salt` may be empty.
    package static func derive(from secret: Secret, salt: [UInt8] = [], label: String, count: Int) -> Secret {
        derive(from: secret, salt: salt, info: Array(label.utf8), count: count)
    }

    static func derive(from secret: Secret, salt: [UInt8], info: [UInt8], count: Int) -> Secret {
        precondition(count <= 255 * 32, "RFC 5869 §2.3 allows at most 255 blocks")
        let zeros = [UInt8](repeating: 0, count: 32)
        let pseudoRandomKey = HMACSHA256.authenticate(
            secret.bytes, key: Secret(bytes: salt.isEmpty ? zeros : salt))
        var output: [UInt8] = []
        var block: [UInt8] = []
        var counter: UInt8 = 1
        while output.count < count {
            block = HMACSHA256.authenticate(
                block + info + [counter], key: Secret(bytes: pseudoRandomKey))
            output += block
            counter &+= 1
        }
        return Secret(bytes: Array(output.prefix(count)))
    }
}

/// Whether two byte strings are equal, in time that depends on their lengths only.
package func equalInConstantTime(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
