package import GateModel
package import WireGuardKernel

/// Everything on the aibox that it made at random or that came sealed from the VPS; kept in the state file.
package struct AiboxSecrets: Hashable, Sendable {
    package var wireGuardPrivateKey: TunnelKey
    package var ratholePrivateKey: TunnelKey
    /// What the VPS told at the join.
    package var vps: JoinedVPS

    package init(wireGuardPrivateKey: TunnelKey, ratholePrivateKey: TunnelKey, vps: JoinedVPS) {
        self.wireGuardPrivateKey = wireGuardPrivateKey
        self.ratholePrivateKey = ratholePrivateKey
        self.vps = vps
    }
}

/// What the aibox knows of the VPS that it joined.
package struct JoinedVPS: Hashable, Sendable {
    package var wireGuardKey: PublicKey
    package var ratholeKey: PublicKey
    /// Known to these two machines alone.
    package var presharedKey: TunnelKey
    package var ratholeToken: Secret

    package init(
        wireGuardKey: PublicKey, ratholeKey: PublicKey, presharedKey: TunnelKey, ratholeToken: Secret
    ) {
        self.wireGuardKey = wireGuardKey
        self.ratholeKey = ratholeKey
        self.presharedKey = presharedKey
        self.ratholeToken = ratholeToken
    }
}
