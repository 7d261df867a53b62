import Cryptography
package import GateModel
import WireGuardKernel

// What is inside the sealed frames of a join. Every layout has one length.

/// What the aibox asks for: its own keys, 32 bytes each, and its clock, 8 bytes.
struct JoinAsk: Equatable {
    var keys: BoxKeys
    var unixSeconds: Int64

    init(keys: BoxKeys, unixSeconds: Int64) {
        self.keys = keys
        self.unixSeconds = unixSeconds
    }

    init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let wireGuard = reader.takeKey(), let rathole = reader.takeKey(),
            let seconds = reader.take(Int64.self), reader.isAtEnd
        else { return nil }
        self.init(keys: BoxKeys(wireGuard: wireGuard, rathole: rathole), unixSeconds: seconds)
    }

    var octets: [UInt8] { keys.all.flatMap(\.bytes) + unixSeconds.octets }

    /// Whether both keys are ones that a tunnel can be built with, differ, and are not the VPS's own.
    func isUsable(with server: ServerKeys) -> Bool {
        let known = Set(server.all)
        return keys.wireGuard != keys.rathole && keys.all.allSatisfy { $0.isUsable && !known.contains($0) }
    }
}

extension PublicKey {
    /// Whether a secret can be agreed with it: some points give the same whatever the other key is.
    var isUsable: Bool {
        X25519.sharedSecret(privateKey: TunnelKey.makePrivateKey().secret, publicKey: bytes) != nil
    }
}

/// What the VPS answers: one byte that says which, its clock, and for a welcome the two secrets.
package enum JoinAnswer: Equatable, Sendable {
    case welcome(presharedKey: TunnelKey, ratholeToken: Secret, unixSeconds: Int64)
    /// The two clocks differ by more than ``clockTolerance``.
    case clock(unixSeconds: Int64)
    /// Another box has joined, and the code was not made to replace it.
    case occupied
    /// The keys cannot be used.
    case wrong
    /// The peer is noted and the tunnels could not be changed; the same request may be sent again.
    case failed

    /// WireGuard refuses handshakes of a clock that went back (whitepaper §5.1), so a wrong one is mended first.
    static let clockTolerance: Int64 = 300
    /// Random bytes of a token; it travels as 64 hexadecimal digits.
    static let tokenBytes = 64

    init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let kind = reader.take(UInt8.self) else { return nil }
        switch kind {
        case 1:
            guard let key = reader.take(32).flatMap(TunnelKey.init(bytes:)),
                let token = reader.take(Self.tokenBytes),
                Hex.decode(String(decoding: token, as: UTF8.self)) != nil,
                let seconds = reader.take(Int64.self)
            else { return nil }
            self = .welcome(
                presharedKey: key, ratholeToken: Secret(bytes: token), unixSeconds: seconds)
        case 2:
            guard let seconds = reader.take(Int64.self) else { return nil }
            self = .clock(unixSeconds: seconds)
        case 3: self = .occupied
        case 4: self = .wrong
        case 5: self = .failed
        default: return nil
        }
        guard reader.isAtEnd else { return nil }
    }

    var octets: [UInt8] {
        switch self {
        case .welcome(let key, let token, let seconds):
            [1] + key.secret.bytes + token.bytes + seconds.octets
        case .clock(let seconds): [2] + seconds.octets
        case .occupied: [3]
        case .wrong: [4]
        case .failed: [5]
        }
    }

    /// A new Rathole token: 32 random bytes in hexadecimal.
    static func makeToken() -> Secret { Secret(text: Hex.encode(Random.bytes(tokenBytes / 2))) }
}
