package import UpstreamSelection

/// What the supervisor has to know.
package struct TunnelSettings: Sendable {
    /// The ways to the app, the preferred one first; not empty.
    package let paths: [UpstreamPath]
    /// Path and query that full probes ask for.
    package let probePath: String
    /// `Host` of the full probes: that of the base URL, with its port unless it is the default one.
    package let host: String
    package let failback: Failback
    /// What earlier runs left.
    package let remembered: RememberedTunnels

    package init(
        paths: [UpstreamPath], probePath: String, host: String, failback: Failback,
        remembered: RememberedTunnels = RememberedTunnels()
    ) {
        self.remembered = remembered
        self.paths = paths
        self.probePath = probePath
        self.host = host
        self.failback = failback
    }
}
