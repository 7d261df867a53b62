package import GateModel

/// One way to the app.
package struct UpstreamPath: Hashable, Sendable {
    package enum Name: String, Hashable, Sendable, CaseIterable {
        /// Straight to the app: no tunnel is configured.
        case direct
        case wireGuard = "wireguard"
        case rathole
    }

    package let name: Name
    package let endpoint: Endpoint
    /// The interface that sockets are bound to (`SO_BINDTODEVICE`), or nil.
    package let interface: String?
    /// Whether the path is a relay inside this program (`runegate demo`), to be marked in every output.
    package let isSimulated: Bool

    /// Whether a connection that stands says that the far side is there.
    ///
    /// Rathole's server accepts by itself, with nobody behind it, and so may whatever stands in for WireGuard where
    /// that has no interface here.
    package var isProvenByConnect: Bool {
        switch name {
        case .direct: true
        case .wireGuard: interface != nil
        case .rathole: false
        }
    }

    package init(name: Name, endpoint: Endpoint, interface: String? = nil, isSimulated: Bool = false) {
        self.name = name
        self.endpoint = endpoint
        self.interface = interface
        self.isSimulated = isSimulated
    }
}
