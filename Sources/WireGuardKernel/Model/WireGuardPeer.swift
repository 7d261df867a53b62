package import GateModel

/// The other end of a tunnel as the interface knows it now, without the preshared key.
package struct WireGuardPeer: Equatable, Sendable {
    package var publicKey: PublicKey
    /// Where packets for the peer are sent; nil until it was configured or the peer has spoken.
    package var endpoint: PeerEndpoint?
    /// When the last handshake was completed, by the wall clock; nil when there was none.
    ///
    /// With boringtun it is reckoned from the time that has passed since, and may differ by a little from one
    /// reading to the next.
    package var lastHandshake: UnixTime?
    package var receivedBytes: UInt64
    package var sentBytes: UInt64
    /// Seconds between keepalive packets (`PersistentKeepalive`); 0: off.
    package var keepaliveSeconds: UInt16
    /// 1 for all of WireGuard so far; nil when the implementation does not say.
    package var protocolVersion: UInt32?
    /// The blocks whose packets go to and may come from this peer.
    package var allowedIPs: [IPNetwork]

    package init(
        publicKey: PublicKey, endpoint: PeerEndpoint? = nil, lastHandshake: UnixTime? = nil,
        receivedBytes: UInt64 = 0, sentBytes: UInt64 = 0, keepaliveSeconds: UInt16 = 0,
        protocolVersion: UInt32? = nil, allowedIPs: [IPNetwork] = []
    ) {
        self.publicKey = publicKey
        self.endpoint = endpoint
        self.lastHandshake = lastHandshake
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
        self.keepaliveSeconds = keepaliveSeconds
        self.protocolVersion = protocolVersion
        self.allowedIPs = allowedIPs
    }
}
