import GateModel

/// The size of the tunnel's packets that leaves as few as possible and none broken.
package enum TunnelMTU {
    /// Measures the way to the VPS.
    ///
    /// It blocks for up to half a minute, and needs root. It asks outside of the tunnel: WireGuard lets its own packets
    /// be broken up, so inside every size passes.
    ///
    /// - Returns: Nil when the VPS answers no echo requests, or only ones too small for a tunnel.
    package static func measure(to endpoint: PublicHost) -> MTU? {
        for address in NameLookup.addresses(of: endpoint.text) {
            let overhead = MTUSearch.overhead(isIPv4: address.isIPv4)
            let sizes = MTU.allowed.lowerBound + overhead...MTU.allowed.upperBound
            guard let largest = UnbrokenEcho(to: address)?.search(sizes) else { continue }
            return MTU(found: largest - overhead)
        }
        return nil
    }
}
