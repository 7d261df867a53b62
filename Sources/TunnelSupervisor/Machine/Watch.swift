package import UpstreamSelection

/// How a path is watched; it follows from what the path is.
package enum Watch: Sendable, Hashable {
    /// WireGuard on its own interface: light probes decide, full ones tell how the app is.
    case lightAndFull
    /// WireGuard without an interface of its own, or a direct path: an accepted connection may come from a
    /// relay, so full probes run at the light probes' periods and decide.
    case fullOften
    /// Rathole: its port accepts at once with nobody behind it, so only a full probe says anything.
    case fullOnly

    package init(_ path: UpstreamPath) {
        switch path.name {
        case .rathole: self = .fullOnly
        case .wireGuard, .direct: self = path.interface == nil ? .fullOften : .lightAndFull
        }
    }

    /// Whether this outcome of a full probe shows that the far side was reached, whatever the app does.
    package func isReached(by outcome: FullOutcome) -> Bool {
        switch (self, outcome) {
        case (_, .answered), (_, .garbled): true
        case (_, .noConnection), (_, .unreachable): false
        case (.fullOnly, .refused), (.fullOnly, .closed), (.fullOnly, .silent): false
        // The far side's kernel accepted or refused.
        case (_, .refused), (_, .closed): true
        case (.lightAndFull, .silent): true
        case (.fullOften, .silent): false
        }
    }
}
