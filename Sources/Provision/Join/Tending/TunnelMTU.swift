import GateModel

/// The size of the tunnel's packets that leaves as few as possible and none broken.
package enum TunnelMTU {
    /// Measures the way to the VPS.
    ///
    /// It blocks for up to half a minute, and needs root. It asks outside of the tunnel: WireGuard lets its own packets
    /// be broken up, so inside every size passes.
    ///
    /// - Returns: The smallest there is where only smaller packets pass: WireGuard's are then broken up on the way. Nil
    ///   when the VPS answers no echo requests.
    package static func measure(to endpoint: PublicHost) -> MTU? {
        for address in NameLookup.addresses(of: endpoint.text) {
            guard let echo = UnbrokenEcho(to: address), echo.answers(smallestProbe) else { continue }
            let overhead = MTUSearch.overhead(isIPv4: address.isIPv4)
            let sizes = MTU.allowed.lowerBound + overhead...MTU.allowed.upperBound
            return MTU(found: echo.search(sizes).map { $0 - overhead } ?? MTU.allowed.lowerBound)
        }
        return nil
    }

    /// Passes everywhere: tells a VPS that answers nothing from a way that is narrow.
    private static let smallestProbe = 200
}
