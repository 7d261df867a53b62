package import GateModel
import WireGuardKernel

/// What the VPS's ends of both tunnels shall run with: the secrets of wg0.conf and of Rathole's server.toml.
///
/// Who has it makes the files from it; having made them twice changes nothing.
package struct ServerTunnels: Codable, Hashable, Sendable {
    package var wireGuardPrivateKey: TunnelKey
    package var ratholePrivateKey: TunnelKey
    package var ratholeToken: StoredSecret
    /// Nil before the join: WireGuard has no peer, and Rathole is not started.
    package var joined: JoinedBox?

    package init(
        wireGuardPrivateKey: TunnelKey, ratholePrivateKey: TunnelKey, ratholeToken: Secret,
        joined: JoinedBox? = nil
    ) {
        self.wireGuardPrivateKey = wireGuardPrivateKey
        self.ratholePrivateKey = ratholePrivateKey
        self.ratholeToken = StoredSecret(ratholeToken)
        self.joined = joined
    }

    /// New keys, nobody joined.
    package static func make() -> ServerTunnels {
        ServerTunnels(
            wireGuardPrivateKey: .makePrivateKey(), ratholePrivateKey: .makePrivateKey(),
            ratholeToken: JoinAnswer.makeToken())
    }
}

extension JoinedBox: Codable {
    private enum CodingKeys: String, CodingKey {
        case wireGuardKey, ratholeKey, presharedKey
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            wireGuardKey: try container.decode(PublicKey.self, forKey: .wireGuardKey),
            ratholeKey: try container.decode(PublicKey.self, forKey: .ratholeKey),
            presharedKey: try container.decode(TunnelKey.self, forKey: .presharedKey))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(wireGuardKey, forKey: .wireGuardKey)
        try container.encode(ratholeKey, forKey: .ratholeKey)
        try container.encode(presharedKey, forKey: .presharedKey)
    }

    package var keys: BoxKeys { BoxKeys(wireGuard: wireGuardKey, rathole: ratholeKey) }
}

extension VPSSecrets {
    /// Takes over what a join or a rotation has changed.
    package mutating func adopt(_ tunnels: ServerTunnels) {
        wireGuardPrivateKey = tunnels.wireGuardPrivateKey
        ratholePrivateKey = tunnels.ratholePrivateKey
        ratholeToken = tunnels.ratholeToken.secret
        joined = tunnels.joined
    }
}
