import GateConfig
import UpstreamSelection

extension UpstreamSettings {
    /// The ways to the app, the preferred one first; never empty.
    var paths: [UpstreamPath] {
        var paths: [UpstreamPath] = []
        if let wireGuardTarget {
            paths.append(
                UpstreamPath(name: .wireGuard, endpoint: wireGuardTarget, interface: wireGuardInterface))
        }
        if let ratholeTarget {
            paths.append(UpstreamPath(name: .rathole, endpoint: ratholeTarget))
        }
        return paths.isEmpty ? [UpstreamPath(name: .direct, endpoint: target)] : paths
    }
}
