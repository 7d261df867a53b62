package import WireGuardKernel

// Who the two machines are: their public keys, and nothing secret.

/// The public keys of the VPS.
package struct ServerKeys: Codable, Hashable, Sendable {
    package var wireGuard: PublicKey
    /// Rathole's Noise key.
    package var rathole: PublicKey
    /// The key that requests to `runegate enroll` are sealed for; it stays the same for the machine's life.
    package var enrolment: PublicKey

    package init(wireGuard: PublicKey, rathole: PublicKey, enrolment: PublicKey) {
        self.wireGuard = wireGuard
        self.rathole = rathole
        self.enrolment = enrolment
    }

    /// In the order in which they are hashed.
    var all: [PublicKey] { [enrolment, wireGuard, rathole] }
}

/// The public keys of the aibox.
package struct BoxKeys: Codable, Hashable, Sendable {
    package var wireGuard: PublicKey
    /// Rathole's Noise key.
    package var rathole: PublicKey

    package init(wireGuard: PublicKey, rathole: PublicKey) {
        self.wireGuard = wireGuard
        self.rathole = rathole
    }

    /// In the order in which they are hashed.
    var all: [PublicKey] { [wireGuard, rathole] }
}

/// The public keys of one side's two tunnels.
package typealias TunnelEnds = BoxKeys
