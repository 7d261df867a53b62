/// Where the VPS waits for the aibox.
package struct TunnelPorts: Hashable, Sendable {
    /// UDP.
    package var wireGuard: Port
    /// TCP.
    package var rathole: Port

    package init(wireGuard: Port = Port(known: 51820), rathole: Port = Port(known: 2333)) {
        self.wireGuard = wireGuard
        self.rathole = rathole
    }
}
