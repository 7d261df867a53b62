/// A WireGuard interface as it is now, without its private key.
package struct WireGuardDevice: Equatable, Sendable {
    package var name: InterfaceName
    /// Nil as long as the interface has no private key.
    package var publicKey: PublicKey?
    /// The UDP port; 0 while the interface is down and none was chosen.
    package var listenPort: UInt16
    /// 0: none.
    package var firewallMark: UInt32
    package var peers: [WireGuardPeer]

    package init(
        name: InterfaceName, publicKey: PublicKey? = nil, listenPort: UInt16 = 0, firewallMark: UInt32 = 0,
        peers: [WireGuardPeer] = []
    ) {
        self.name = name
        self.publicKey = publicKey
        self.listenPort = listenPort
        self.firewallMark = firewallMark
        self.peers = peers
    }
}
