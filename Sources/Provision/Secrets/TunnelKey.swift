import Cryptography
package import GateModel

/// 32 bytes that one machine or both must keep: a Curve25519 private key or a pre-shared key.
package struct TunnelKey: Hashable, Sendable {
    package let secret: Secret

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.secret = Secret(bytes: bytes)
    }

    /// As WireGuard's and Rathole's files write it (RFC 4648 §4).
    var base64: String { Base64.encode(secret.bytes) }
}
