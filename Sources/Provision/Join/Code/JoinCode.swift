import Cryptography
package import GateModel
import WireGuardKernel

/// What the VPS tells the aibox, carried by a person: where it is, who it is, and a secret that is used once.
package struct JoinCode: Hashable, Sendable {
    /// Length of ``secret``.
    package static let secretBytes = 16
    /// How long a code may be used.
    package static let life: Duration = .seconds(24 * 3600)

    /// Where the VPS answers by https; enrolment goes there.
    package var domain: DomainName
    /// Where the two tunnels go.
    package var endpoint: PublicHost
    package var ports: TunnelPorts
    /// The addresses inside WireGuard.
    package var tunnel: TunnelNetwork
    /// The app's port on the aibox.
    package var appPort: Port
    package var keys: ServerKeys
    /// 128 random bits.
    package var secret: Secret

    package init(
        domain: DomainName, endpoint: PublicHost, ports: TunnelPorts = TunnelPorts(),
        tunnel: TunnelNetwork = .standard, appPort: Port = JoinCode.usualAppPort, keys: ServerKeys,
        secret: Secret = JoinCode.makeSecret()
    ) {
        self.domain = domain
        self.endpoint = endpoint
        self.ports = ports
        self.tunnel = tunnel
        self.appPort = appPort
        self.keys = keys
        self.secret = secret
    }

    package static let usualAppPort = Port(known: 7860)

    package static func makeSecret() -> Secret { Secret(bytes: Random.bytes(secretBytes)) }
}
