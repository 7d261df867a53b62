import TunnelSupervisor

// The paths in half a line.

extension TunnelReport {
    /// `traffic over WireGuard, Rathole ready`.
    var standing: String {
        switch verdict {
        case .ok, .degraded:
            paths.sorted { $0.isActive && !$1.isActive }.map(\.standing).joined(separator: ", ")
        case .down, .appDown: "nobody reaches the app: \(summary)"
        case .notJoined: "no box has joined yet: sudo runegate provision join"
        }
    }
}

extension PathReport {
    fileprivate var standing: String {
        isActive
            ? "traffic over \(title)\(condition.map { " (\($0))" } ?? "")"
            : "\(title) \(condition ?? "ready")"
    }

    private var title: String {
        switch name {
        case "wireguard": "WireGuard"
        case "rathole": "Rathole"
        default: name
        }
    }

    /// Nil when it is as it should be.
    private var condition: String? {
        switch state {
        case .up: isProven ? nil : "not proven"
        case .unknown: "not proven yet"
        case .suspect: "losing probes"
        case .down: "down" + (cause.map { ", \($0.words)" } ?? "")
        case .probation: "coming back"
        }
    }
}
