/// Why a path went down or traffic moved: the one list that log, metrics, history and `runegate tunnels why`
/// use.
package enum SwitchCause: String, Sendable, Hashable, CaseIterable, Codable {
    /// Probes stayed unanswered for longer than the threshold.
    case probesLost = "probes-lost"
    /// Nobody listens on Rathole's port: its server is down, or no client is joined.
    case refused
    /// Rathole's port accepts and closes without a byte: the client or the app behind it is gone.
    case closedUnanswered = "closed-unanswered"
    /// Rathole's port accepts and nothing comes: the way to its client is cut.
    case silent
    /// The kernel has no way to the far side (`EHOSTUNREACH`, `ENETUNREACH`, `ENODEV`).
    case unreachable
    /// The WireGuard interface is down or does not exist.
    case interfaceGone = "interface-gone"
    /// WireGuard does not know where its peer is.
    case noEndpoint = "no-endpoint"
    /// The path lives, but the app answers only over the other one.
    case appUnreachable = "app-unreachable"
    /// The preferred path has been good for long enough.
    case recovered
    /// Somebody asked for it: `runegate tunnels prefer`.
    case operatorCommand = "operator"
    /// Somebody tried the fallback: `runegate tunnels drill`.
    case drill

    /// Whether a person caused it; such switches say nothing about the path.
    package var isDeliberate: Bool { self == .operatorCommand || self == .drill }
}
