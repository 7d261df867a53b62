internal import COpenSSL
package import GateModel

/// AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce in front of the ciphertext.
package enum AESGCM {
    private static let nonceBytes = 12
    private static let tagBytes = 16

    /// `nonce ‖ ciphertext ‖ tag`.
    ///
    /// One key may seal 2³² messages (SP 800-38D §8.3).
    ///
    /// The context is authenticated, not stored: the same must be given to open. It ties a sealed value to
    /// its place, so that a row cannot be moved to another.
    package static func seal(_ plaintext: [UInt8], key: Secret, context: [UInt8] = []) -> [UInt8] {
        precondition(key.bytes.count == 32, "AES-256 takes a key of 32 bytes")
        let nonce = Random.bytes(nonceBytes)
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        var tag = [UInt8](repeating: 0, count: tagBytes)
        var written: Int32 = 0
        let cipher = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(cipher) }
        let sealed =
            EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key.bytes, nonce) == 1
            && EVP_EncryptUpdate(cipher, nil, &written, context, Int32(context.count)) == 1
            && EVP_EncryptUpdate(cipher, &ciphertext, &written, plaintext, Int32(plaintext.count)) == 1
            && EVP_EncryptFinal_ex(cipher, nil, &written) == 1
            && EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, Int32(tagBytes), &tag) == 1
        precondition(sealed, "libcrypto could not encrypt with AES-256-GCM")
        return nonce + ciphertext + tag
    }

    /// The plaintext, or nil when key, context or a single bit is not the one it was sealed with.
    package static func open(_ sealed: [UInt8], key: Secret, context: [UInt8] = []) -> [UInt8]? {
        guard sealed.count >= nonceBytes + tagBytes, key.bytes.count == 32 else { return nil }
        let nonce = Array(sealed.prefix(nonceBytes))
        let ciphertext = Array(sealed.dropFirst(nonceBytes).dropLast(tagBytes))
        var tag = Array(sealed.suffix(tagBytes))
        var plaintext = [UInt8](repeating: 0, count: ciphertext.count)
        var written: Int32 = 0
        let cipher = EVP_CIPHER_CTX_new()
        defer { EVP_CIPHER_CTX_free(cipher) }
        guard EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), nil, key.bytes, nonce) == 1,
            EVP_DecryptUpdate(cipher, nil, &written, context, Int32(context.count)) == 1,
            EVP_DecryptUpdate(cipher, &plaintext, &written, ciphertext, Int32(ciphertext.count)) == 1,
            EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, Int32(tagBytes), &tag) == 1,
            EVP_DecryptFinal_ex(cipher, nil, &written) == 1
        else {
            // What libcrypto noted about it would be found by the next call on this thread.
            ERR_clear_error()
            return nil
        }
        return plaintext
    }
}
