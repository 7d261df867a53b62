import Cryptography
import GateModel
import WireGuardKernel

// The frame around every answer of `runegate enroll`: `1 1`, a public key and what is sealed; or `1 2` and a reason.

/// What came back.
package enum EnrollReply: Equatable, Sendable {
    case sealed(SealedReply)
    /// Said in the clear and by anybody on the way: a hint for a person, never believed.
    case refused(RefusalReason)

    static let version: UInt8 = 1
    /// More is no answer.
    package static let maximumBytes = 4096

    /// Nil when it is no answer of this version.
    package init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard octets.count <= Self.maximumBytes, reader.take(UInt8.self) == Self.version,
            let status = reader.take(UInt8.self)
        else { return nil }
        switch status {
        case 1:
            guard let ephemeral = reader.takeKey() else { return nil }
            let sealed = reader.takeRest()
            guard sealed.count >= 28 else { return nil }
            self = .sealed(SealedReply(ephemeral: ephemeral, sealed: sealed))
        case 2:
            guard let reason = reader.take(UInt8.self).flatMap(RefusalReason.init(rawValue:)),
                reader.isAtEnd
            else { return nil }
            self = .refused(reason)
        default: return nil
        }
    }
}

/// Why a request was not opened.
package enum RefusalReason: UInt8, CaseIterable, Codable, Sendable {
    case malformed = 1, otherVersion, unknown, expired, used, spoiled, replaced, unavailable

    package var octets: [UInt8] { [EnrollReply.version, 2, rawValue] }
}

/// An answer that only the sender of its request can open.
package struct SealedReply: Equatable, Sendable {
    let ephemeral: PublicKey
    let sealed: [UInt8]

    static func header(_ ephemeral: PublicKey) -> [UInt8] { [EnrollReply.version, 1] + ephemeral.bytes }

    var header: [UInt8] { Self.header(ephemeral) }

    static func key(
        fresh: Secret, secret: Secret, salt: [UInt8], request: [UInt8], ephemeral: PublicKey
    ) -> Secret {
        HKDFSHA256.derive(
            from: Secret(bytes: fresh.bytes + secret.bytes),
            salt: SHA256.hash(salt + SHA256.hash(request) + ephemeral.bytes),
            label: "runegate enroll reply 1", count: 32)
    }
}
