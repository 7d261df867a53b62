package import GateModel
package import WireGuardKernel

/// Everything on the VPS that was made at random or told by the aibox; kept in the state file.
package struct VPSSecrets: Hashable, Sendable {
    package var wireGuardPrivateKey: TunnelKey
    package var ratholePrivateKey: TunnelKey
    /// Stands where the aibox's Rathole key will: a random one, so that nobody has the private part.
    package var ratholeNobody: PublicKey
    /// What the Rathole client must know; at least 32 random bytes in hexadecimal.
    package var ratholeToken: Secret
    /// Signs links; at least 64 hexadecimal digits, so that lists of former ones can have commas between.
    package var jwtSecret: Secret
    package var jwtSecretPrevious: [Secret] = []
    /// Signs sessions; 128 hexadecimal digits.
    package var sessionKey: Secret
    package var sessionKeyPrevious: [Secret] = []
    /// Nil before the join.
    package var joined: JoinedBox?

    package init(
        wireGuardPrivateKey: TunnelKey, ratholePrivateKey: TunnelKey, ratholeNobody: PublicKey,
        ratholeToken: Secret, jwtSecret: Secret, sessionKey: Secret, joined: JoinedBox? = nil
    ) {
        self.wireGuardPrivateKey = wireGuardPrivateKey
        self.ratholePrivateKey = ratholePrivateKey
        self.ratholeNobody = ratholeNobody
        self.ratholeToken = ratholeToken
        self.jwtSecret = jwtSecret
        self.sessionKey = sessionKey
        self.joined = joined
    }
}

/// What the VPS knows of the aibox that joined.
package struct JoinedBox: Hashable, Sendable {
    package var wireGuardKey: PublicKey
    package var ratholeKey: PublicKey
    /// Known to these two machines alone.
    package var presharedKey: TunnelKey

    package init(wireGuardKey: PublicKey, ratholeKey: PublicKey, presharedKey: TunnelKey) {
        self.wireGuardKey = wireGuardKey
        self.ratholeKey = ratholeKey
        self.presharedKey = presharedKey
    }
}
