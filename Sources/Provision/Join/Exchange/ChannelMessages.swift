import GateModel
package import WireGuardKernel

// What a joined box asks later, and the answers. Each question carries a number greater than all before it, so that a
// recording of one is worth nothing.

/// What both sides call one rotation: 16 random bytes.
package typealias RotationName = [UInt8]

/// Which tunnel gets new keys.
package enum RotatedTunnel: UInt8, Codable, Sendable, CaseIterable {
    case wireGuard = 1
    case rathole = 2

    /// As `--rotate` takes it.
    package var word: String { self == .wireGuard ? "wireguard" : "rathole" }
}

/// What the aibox asks.
package enum ChannelQuestion: Equatable, Sendable {
    /// The reply to the join has arrived: its code may be forgotten.
    case arrived
    /// Ask the app over both paths, and say what came back.
    case prove
    /// Make new keys for a tunnel whose box will have this one; nothing changes yet.
    case prepare(RotationName, RotatedTunnel, PublicKey)
    /// Use the new keys, for the time being.
    case use(RotationName)
    /// Keep them for good.
    case keep(RotationName)
    /// Go back to the old ones.
    case undo(RotationName)

    static let nameBytes = 16

    init?(_ reader: inout OctetReader) {
        guard let kind = reader.take(UInt8.self) else { return nil }
        switch kind {
        case 1: self = .arrived
        case 2: self = .prove
        case 3:
            guard let name = reader.take(Self.nameBytes),
                let tunnel = reader.take(UInt8.self).flatMap(RotatedTunnel.init(rawValue:)),
                let key = reader.takeKey()
            else { return nil }
            self = .prepare(name, tunnel, key)
        case 4...6:
            guard let name = reader.take(Self.nameBytes) else { return nil }
            self = kind == 4 ? .use(name) : kind == 5 ? .keep(name) : .undo(name)
        default: return nil
        }
        guard reader.isAtEnd else { return nil }
    }

    var octets: [UInt8] {
        switch self {
        case .arrived: [1]
        case .prove: [2]
        case .prepare(let name, let tunnel, let key): [3] + name + [tunnel.rawValue] + key.bytes
        case .use(let name): [4] + name
        case .keep(let name): [5] + name
        case .undo(let name): [6] + name
        }
    }
}

/// A question with its number.
struct ChannelAsk: Equatable {
    var number: UInt64
    var question: ChannelQuestion

    init(number: UInt64, question: ChannelQuestion) {
        self.number = number
        self.question = question
    }

    init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let number = reader.take(UInt64.self), let question = ChannelQuestion(&reader) else {
            return nil
        }
        self.init(number: number, question: question)
    }

    var octets: [UInt8] { number.octets + question.octets }
}

/// What the VPS answers to a box.
package enum ChannelAnswer: Equatable, Sendable {
    /// Understood and done.
    case done
    case proof(wireGuard: PathProof, rathole: PathProof)
    /// The new keys: the VPS's public one, and what the box shares with it: WireGuard's preshared key (32 bytes) or
    /// Rathole's token (64 hexadecimal digits).
    case prepared(serverKey: PublicKey, shared: StoredSecret)
    /// The new keys are kept for good.
    case kept
    /// The old keys are in use, for good.
    case undone
    /// The tunnels could not be changed; ask again.
    case failed
    /// The question makes no sense now.
    case wrong
    /// The number was used before, or a greater one; this is the greatest.
    case stale(UInt64)

    init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let kind = reader.take(UInt8.self) else { return nil }
        switch kind {
        case 1: self = .done
        case 2:
            guard let wireGuard = PathProof(&reader), let rathole = PathProof(&reader) else { return nil }
            self = .proof(wireGuard: wireGuard, rathole: rathole)
        case 3:
            guard let key = reader.takeKey() else { return nil }
            let shared = reader.takeRest()
            guard shared.count == 32 || shared.count == JoinAnswer.tokenBytes else { return nil }
            self = .prepared(serverKey: key, shared: StoredSecret(Secret(bytes: shared)))
        case 4: self = .kept
        case 5: self = .undone
        case 6: self = .failed
        case 7: self = .wrong
        case 8:
            guard let number = reader.take(UInt64.self) else { return nil }
            self = .stale(number)
        default: return nil
        }
        guard reader.isAtEnd else { return nil }
    }

    var octets: [UInt8] {
        switch self {
        case .done: [1]
        case .proof(let wireGuard, let rathole): [2] + wireGuard.octets + rathole.octets
        case .prepared(let key, let shared): [3] + key.bytes + shared.secret.bytes
        case .kept: [4]
        case .undone: [5]
        case .failed: [6]
        case .wrong: [7]
        case .stale(let number): [8] + number.octets
        }
    }
}

/// What an HTTP request over one path met.
package enum PathProof: Hashable, Sendable {
    /// The app answered with this status.
    case answered(status: UInt16)
    /// The aibox refused the connection: the path works, the app does not listen.
    case appDown
    /// The connection ended without a byte: over Rathole, the app does not listen or no client is there.
    case ended
    case silent
    /// The path is not configured.
    case absent

    /// Whether packets went both ways.
    package var provesPath: Bool {
        switch self {
        case .answered, .appDown: true
        case .ended, .silent, .absent: false
        }
    }

    /// Two bytes: a status, or a number below 100.
    init?(_ reader: inout OctetReader) {
        guard let value = reader.take(UInt16.self) else { return nil }
        switch value {
        case 1: self = .appDown
        case 2: self = .ended
        case 3: self = .silent
        case 4: self = .absent
        case 100...999: self = .answered(status: value)
        default: return nil
        }
    }

    var octets: [UInt8] {
        switch self {
        case .appDown: UInt16(1).octets
        case .ended: UInt16(2).octets
        case .silent: UInt16(3).octets
        case .absent: UInt16(4).octets
        case .answered(let status): status.octets
        }
    }
}
