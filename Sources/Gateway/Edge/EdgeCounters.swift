import Metrics
import UpstreamSelection

// What the edge counts (swift-metrics; Prometheus text is the control module's work).

struct EdgeCounters: Sendable {
    /// Requests by the class of the answer's status: index 0 is 1xx.
    private let answers: [Counter]
    private let byPath: [UpstreamPath.Name: Counter]
    private let refused = Counter(label: "runegate_requests_refused_total")
    private let bytesToVisitors = Counter(label: "runegate_bytes_to_visitors_total")
    private let bytesToApp = Counter(label: "runegate_bytes_to_app_total")
    private let connections = Meter(label: "runegate_visitor_connections")
    private let upgraded = Meter(label: "runegate_upgraded_connections")
    private let upstreamConnects = Counter(label: "runegate_upstream_connects_total")
    private let replays = Counter(label: "runegate_upstream_replays_total")
    private let racesWonByOther: [UpstreamPath.Name: Counter]
    private let streamsEnded: [UpstreamPath.Name: Counter]
    private let upstreamFailures = Counter(label: "runegate_upstream_failures_total")

    init() {
        answers = (1...5).map {
            Counter(label: "runegate_requests_total", dimensions: [("status", "\($0)xx")])
        }
        byPath = Self.perPath("runegate_upstream_requests_total")
        racesWonByOther = Self.perPath("runegate_upstream_races_won_total")
        streamsEnded = Self.perPath("runegate_streams_ended_by_dead_path_total")
    }

    private static func perPath(_ label: String) -> [UpstreamPath.Name: Counter] {
        Dictionary(
            uniqueKeysWithValues: UpstreamPath.Name.allCases.map {
                ($0, Counter(label: label, dimensions: [("path", $0.rawValue)]))
            })
    }

    /// Counts an answered request; `path` is the one that served it, nil when the answer was our own.
    func answered(status: Int, path: UpstreamPath.Name?, bytesToVisitor: UInt64, bytesToApp: UInt64) {
        if (100...599).contains(status) { answers[status / 100 - 1].increment() }
        if let path { byPath[path]?.increment() }
        relayed(bytesToVisitor: bytesToVisitor, bytesToApp: bytesToApp)
    }

    private func relayed(bytesToVisitor: UInt64, bytesToApp: UInt64) {
        if bytesToVisitor > 0 { bytesToVisitors.increment(by: Int64(clamping: bytesToVisitor)) }
        if bytesToApp > 0 { self.bytesToApp.increment(by: Int64(clamping: bytesToApp)) }
    }

    func requestRefused() { refused.increment() }
    func visitorCame() { connections.increment() }
    func visitorLeft() { connections.decrement() }
    func upgradeBegan() { upgraded.increment() }
    func upgradeEnded(bytesToVisitor: UInt64, bytesToApp: UInt64) {
        upgraded.decrement()
        relayed(bytesToVisitor: bytesToVisitor, bytesToApp: bytesToApp)
    }
    func connectBegan() { upstreamConnects.increment() }
    func appFailed() { upstreamFailures.increment() }
    /// A request was sent once more.
    func replayBegan() { replays.increment() }
    /// A connect was won by another path than the one tried first; `path` is the winner.
    func raceWonByOther(_ path: UpstreamPath.Name) { racesWonByOther[path]?.increment() }
    /// An answer or an upgraded connection ended with its path.
    func streamEnded(on path: UpstreamPath.Name) { streamsEnded[path]?.increment() }
}
