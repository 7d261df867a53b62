import GateModel
import WireGuardKernel

/// All that the VPS remembers of codes, of the box that joined, and of the keys between them; a file of root's, 0600.
///
/// A join code's secret is not in it: what is kept of a code opens requests made with it, and gives no code back.
package struct EnrollState: Codable, Equatable, Sendable {
    /// The key that requests are sealed for.
    package let enrolmentKey: TunnelKey
    /// What both tunnels run with once nothing is under way.
    package internal(set) var tunnels: ServerTunnels
    /// The code that may be used.
    package internal(set) var offer: Offer?
    /// The request that used the last code; the same one is answered again until the box says that it has the answer.
    var acceptance: Acceptance?
    /// How the joined box and this machine talk.
    var channel: Channel?
    package internal(set) var rotation: Rotation?
    /// How the last rotation ended, for a box that did not hear of it.
    var lastRotation: EndedRotation?
    /// Codes of the past, the newest last, so that somebody who uses one hears why it does not work.
    var retired: [RetiredCode] = []
    /// False while ``wantedTunnels`` may not be what the machine runs with.
    package var isSettled = true

    /// A machine that nobody has joined.
    package init(enrolmentKey: TunnelKey = .makePrivateKey(), tunnels: ServerTunnels = .make()) {
        self.enrolmentKey = enrolmentKey
        self.tunnels = tunnels
    }

    /// Requests that open and are wrong, until the code is void.
    static let maximumFailures = 5
    static let maximumRetired = 8

    package struct Offer: Codable, Equatable, Sendable {
        let pair: PairKey
        package let deadline: Deadline
        /// Whether it may put another box in the place of the one that joined.
        package let replaces: Bool
        var failures = 0
    }

    struct Acceptance: Codable, Equatable, Sendable {
        let pair: PairKey
        /// SHA-256 of the whole request.
        let request: [UInt8]
        let deadline: Deadline
    }

    struct Channel: Codable, Equatable, Sendable {
        let pair: PairKey
        /// The greatest number of a question so far.
        var number: UInt64 = 0
    }

    struct RetiredCode: Codable, Equatable, Sendable {
        let name: [UInt8]
        let reason: RefusalReason
    }

    package struct Rotation: Codable, Equatable, Sendable {
        let name: RotationName
        let tunnel: RotatedTunnel
        let next: ServerTunnels
        /// What the box was told about them.
        let shared: StoredSecret
        /// Whether the new keys are in use.
        package internal(set) var isTried = false
        /// Without a decision until then the old keys come back.
        package let deadline: Deadline
    }

    struct EndedRotation: Codable, Equatable, Sendable {
        let name: RotationName
        let isKept: Bool
    }

    /// The public keys of this machine, as a join code names them.
    package var keys: ServerKeys {
        ServerKeys(
            wireGuard: tunnels.wireGuardPrivateKey.publicKey,
            rathole: tunnels.ratholePrivateKey.publicKey, enrolment: enrolmentKey.publicKey)
    }

    /// What the tunnels shall run with now.
    package var wantedTunnels: ServerTunnels {
        if let rotation, rotation.isTried { rotation.next } else { tunnels }
    }

    /// Whether anybody is to be answered at all.
    package var expectsSomebody: Bool { offer != nil || acceptance != nil || channel != nil }

    /// The words to compare on both machines; nil before the join.
    package var fingerprint: Fingerprint? {
        tunnels.joined.map { Fingerprint(server: keys, box: $0.keys) }
    }
}
