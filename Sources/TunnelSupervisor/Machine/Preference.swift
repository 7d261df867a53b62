package import UpstreamSelection

/// Which path the operator wants traffic on while it works.
package enum Preference: String, Sendable, Hashable, CaseIterable, Codable {
    /// The first configured path.
    case auto
    case wireGuard = "wireguard"
    case rathole

    /// The path that is asked for by name, or nil.
    package var path: UpstreamPath.Name? {
        switch self {
        case .auto: nil
        case .wireGuard: .wireGuard
        case .rathole: .rathole
        }
    }
}
