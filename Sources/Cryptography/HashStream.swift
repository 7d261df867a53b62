internal import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece and are never held whole.
///
/// A reference to a libcrypto context: use it from one place at a time.
package final class SHA256Stream {
    private let context: OpaquePointer?

    package init() {
        self.context = EVP_MD_CTX_new()
        let result = EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(result == 1, "libcrypto has no SHA-256")
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Takes the next bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        let result = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(result == 1, "libcrypto refused to hash")
    }

    /// The 32-byte digest of all bytes so far; call it once, last.
    package func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let result = EVP_DigestFinal_ex(context, &digest, nil)
        precondition(result == 1, "libcrypto refused to finish a hash")
        return digest
    }
}
