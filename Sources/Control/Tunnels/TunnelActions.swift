package import GateModel
package import TunnelSupervisor

/// What the owner can ask about the paths to the app, and of them.
package struct TunnelActions: Sendable {
    package var report: @Sendable () async -> TunnelReport
    /// Why traffic is where it is, a line each.
    package var why: @Sendable () async -> [String]
    /// Has traffic on a path while it works, across restarts.
    package var prefer: @Sendable (Preference) async throws(Fault) -> Void
    /// Moves traffic to the other path and back, and measures what a visitor feels; takes some seconds.
    package var drill: @Sendable () async throws(Fault) -> DrillResult
    package var history: @Sendable () async throws(Fault) -> TunnelHistory

    package init(
        report: @escaping @Sendable () async -> TunnelReport, why: @escaping @Sendable () async -> [String],
        prefer: @escaping @Sendable (Preference) async throws(Fault) -> Void,
        drill: @escaping @Sendable () async throws(Fault) -> DrillResult,
        history: @escaping @Sendable () async throws(Fault) -> TunnelHistory
    ) {
        self.report = report
        self.why = why
        self.prefer = prefer
        self.drill = drill
        self.history = history
    }
}

extension TunnelActions {
    /// The answer to whatever needs a second path.
    package static let noTunnels = Fault(
        code: "no-tunnels", problem: "No tunnels are configured",
        remedy: "Set RUNEGATE_WIREGUARD_TARGET and RUNEGATE_RATHOLE_TARGET, and restart.")

    /// Where no tunnel is configured there is only one path, and `report` tells of it.
    package static func withoutTunnels(
        report: @escaping @Sendable () async -> TunnelReport
    ) -> TunnelActions {
        TunnelActions(
            report: report,
            why: {
                let report = await report()
                return ["\(report.summary.prefix(1).uppercased())\(report.summary.dropFirst())."]
                    + report.problems.map { "\($0.problem). \($0.remedy)" }
            },
            prefer: { _ throws(Fault) in throw noTunnels }, drill: { () throws(Fault) in throw noTunnels },
            history: { () throws(Fault) in throw noTunnels })
    }
}
