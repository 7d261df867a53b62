internal import FoundationEssentials

/// A Curve25519 public key: who a peer is.
package struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes (`WG_KEY_LEN`).
    package let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// Reads 64 hexadecimal digits, as the userspace implementations write a key.
    init?(hexadecimal text: String) {
        let digits = text.compactMap(\.hexDigitValue)
        guard text.utf8.count == 64, digits.count == 64 else { return nil }
        self.init(bytes: stride(from: 0, to: 64, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }

    /// Base64, as `wg show` and configuration files write it.
    package var description: String { Data(bytes).base64EncodedString() }
}
