import Cryptography
import GateModel
import WireGuardKernel

/// New keys for one tunnel, as the aibox leads it: a value that says what to do next and takes what came of it.
///
/// The order makes sure that both sides end with the same keys wherever either stops. The VPS tries new keys for two
/// minutes and goes back by itself. The box asks it to keep them only after both sides have them and the path was
/// proven; once it has asked, it goes by what the VPS answers, however late, and by nothing else.
package struct BoxRotation: Codable, Equatable, Sendable {
    let name: RotationName
    package let tunnel: RotatedTunnel
    /// The new private key of this machine.
    let ownKey: TunnelKey
    private let old: BoxTunnels
    private(set) var phase: Phase = .preparing

    enum Phase: Codable, Equatable, Sendable {
        /// Nobody uses anything new.
        case preparing
        /// The VPS has been, or is to be, asked to use the new keys; this machine uses the old.
        case using(BoxTunnels)
        /// Both use the new keys; they are to be proven.
        case trying(BoxTunnels)
        /// They are proven, and the VPS has been, or is to be, asked to keep them.
        case keeping(BoxTunnels)
        /// This machine uses the old keys, and the VPS has been, or is to be, asked to do so, too.
        case undoing(BoxTunnels?)
    }

    package enum Step: Equatable, Sendable {
        case ask(ChannelQuestion)
        /// The end; the tunnels are the ones to go on with.
        case finished(BoxTunnels, isKept: Bool)
    }

    init(_ tunnel: RotatedTunnel, of tunnels: BoxTunnels) {
        self.name = Random.bytes(ChannelQuestion.nameBytes)
        self.tunnel = tunnel
        self.ownKey = .makePrivateKey()
        self.old = tunnels
    }

    /// What this machine's tunnels shall run with; to be so before the next step.
    var wanted: BoxTunnels {
        switch phase {
        case .preparing, .using, .undoing: old
        case .trying(let next), .keeping(let next): next
        }
    }

    /// The question to ask now.
    var question: ChannelQuestion {
        switch phase {
        case .preparing: .prepare(name, tunnel, ownKey.publicKey)
        case .using: .use(name)
        case .trying: .prove
        case .keeping: .keep(name)
        case .undoing: .undo(name)
        }
    }

    /// Takes the answer to ``question``.
    ///
    /// - Returns: The next step.
    mutating func take(_ answer: ChannelAnswer) -> Step {
        switch (phase, answer) {
        case (.preparing, .prepared(let serverKey, let shared)):
            guard let next = next(serverKey: serverKey, shared: shared) else { return giveUp() }
            phase = .using(next)
        case (.using(let next), .done): phase = .trying(next)
        case (.trying(let next), .proof(let wireGuard, let rathole)):
            let isProven = (tunnel == .wireGuard ? wireGuard : rathole).provesPath
            phase = isProven ? .keeping(next) : .undoing(next)
        case (.keeping(let next), .kept), (.undoing(let next?), .kept):
            return .finished(next, isKept: true)
        case (.keeping, .undone), (.undoing, .undone), (.preparing, .undone), (.using, .undone):
            return .finished(old, isKept: false)
        case (.keeping, _), (.undoing, _): break
        case (.preparing, _), (.using, _), (.trying, _): return giveUp()
        }
        return .ask(question)
    }

    /// No answer can be had, or this machine's tunnels cannot be changed, or the program was started anew: goes back,
    /// unless the VPS was asked to keep the new keys.
    mutating func giveUp() -> Step {
        switch phase {
        case .preparing: phase = .undoing(nil)
        case .using(let next), .trying(let next): phase = .undoing(next)
        case .keeping, .undoing: break
        }
        return .ask(question)
    }

    private func next(serverKey: PublicKey, shared: StoredSecret) -> BoxTunnels? {
        var next = old
        switch tunnel {
        case .wireGuard:
            guard let presharedKey = TunnelKey(bytes: shared.secret.bytes) else { return nil }
            next.wireGuardPrivateKey = ownKey
            next.serverKeys.wireGuard = serverKey
            next.presharedKey = presharedKey
        case .rathole:
            guard shared.secret.bytes.count == JoinAnswer.tokenBytes else { return nil }
            next.ratholePrivateKey = ownKey
            next.serverKeys.rathole = serverKey
            next.ratholeToken = shared
        }
        return next
    }
}

extension BoxState {
    /// Begins a rotation; nil, and nothing changed, while another one is under way.
    package mutating func beginRotation(_ tunnel: RotatedTunnel) -> ChannelQuestion? {
        guard rotation == nil else { return nil }
        let rotation = BoxRotation(tunnel, of: tunnels)
        self.rotation = rotation
        return rotation.question
    }

    /// Takes the answer to the rotation's last question.
    ///
    /// - Returns: What to ask next; nil when the rotation is over.
    package mutating func take(_ answer: ChannelAnswer) -> RotationProgress {
        advance { $0.take(answer) }
    }

    /// Goes back as far as that is still this machine's to decide; also the first thing after a start.
    package mutating func giveUpRotation() -> RotationProgress {
        advance { $0.giveUp() }
    }

    private mutating func advance(_ change: (inout BoxRotation) -> BoxRotation.Step) -> RotationProgress {
        guard var rotation else { return .over(isKept: false) }
        switch change(&rotation) {
        case .ask(let question):
            self.rotation = rotation
            return .ask(question)
        case .finished(let tunnels, let isKept):
            self.tunnels = tunnels
            self.rotation = nil
            return .over(isKept: isKept)
        }
    }
}

/// What a rotation wants next: the state durable, the tunnels as they are wanted, and then this.
package enum RotationProgress: Equatable, Sendable {
    case ask(ChannelQuestion)
    case over(isKept: Bool)
}
