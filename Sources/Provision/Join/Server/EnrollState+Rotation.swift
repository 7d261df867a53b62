import GateModel
import WireGuardKernel

// New keys for one tunnel: prepared, tried, and kept or undone. The box leads; this side forgets the new keys by itself
// when the box does not come back in time, and remembers how the last rotation ended.

extension EnrollState {
    /// How long new keys may be prepared and tried.
    static let rotationLife: Duration = .seconds(120)

    /// Answers `prepare`; asked again, it says the same.
    mutating func prepare(
        _ name: RotationName, _ tunnel: RotatedTunnel, boxKey: PublicKey, until deadline: Deadline
    ) -> ChannelAnswer {
        if let rotation, rotation.name == name { return answer(to: rotation) }
        // Another one is under way only if the box forgot it: it has the old keys then.
        if let rotation { undo(rotation) }
        guard let joined = tunnels.joined, boxKey.isUsable, lastRotation?.name != name else { return .wrong }
        var next = tunnels
        let shared: Secret
        switch tunnel {
        case .wireGuard:
            let presharedKey = TunnelKey.makeRandom()
            next.wireGuardPrivateKey = .makePrivateKey()
            next.joined = JoinedBox(
                wireGuardKey: boxKey, ratholeKey: joined.ratholeKey, presharedKey: presharedKey)
            shared = presharedKey.secret
        case .rathole:
            shared = JoinAnswer.makeToken()
            next.ratholePrivateKey = .makePrivateKey()
            next.ratholeToken = StoredSecret(shared)
            next.joined = JoinedBox(
                wireGuardKey: joined.wireGuardKey, ratholeKey: boxKey, presharedKey: joined.presharedKey)
        }
        let rotation = Rotation(
            name: name, tunnel: tunnel, next: next, shared: StoredSecret(shared), deadline: deadline)
        self.rotation = rotation
        return answer(to: rotation)
    }

    private func answer(to rotation: Rotation) -> ChannelAnswer {
        let key: TunnelKey =
            switch rotation.tunnel {
            case .wireGuard: rotation.next.wireGuardPrivateKey
            case .rathole: rotation.next.ratholePrivateKey
            }
        return .prepared(serverKey: key.publicKey, shared: rotation.shared)
    }

    /// Answers `use`: the new keys are in use until the box decides.
    mutating func use(_ name: RotationName) -> ChannelAnswer {
        guard let rotation, rotation.name == name else { return outcome(of: name) }
        if !rotation.isTried {
            self.rotation?.isTried = true
            isSettled = false
        }
        return .done
    }

    /// Answers `keep`.
    mutating func keep(_ name: RotationName) -> ChannelAnswer {
        guard let rotation, rotation.name == name, rotation.isTried else { return outcome(of: name) }
        tunnels = rotation.next
        self.rotation = nil
        lastRotation = EndedRotation(name: name, isKept: true)
        return .kept
    }

    /// Answers `undo`.
    mutating func undo(_ name: RotationName) -> ChannelAnswer {
        guard let rotation, rotation.name == name else { return outcome(of: name) }
        undo(rotation)
        return .undone
    }

    mutating func undo(_ rotation: Rotation) {
        if rotation.isTried { isSettled = false }
        self.rotation = nil
        lastRotation = EndedRotation(name: rotation.name, isKept: false)
    }

    /// A rotation that is not under way has ended; one that nobody knows never changed anything.
    private func outcome(of name: RotationName) -> ChannelAnswer {
        lastRotation == EndedRotation(name: name, isKept: true) ? .kept : .undone
    }
}
