internal import GateModel
package import TunnelSupervisor

/// How `runegate tunnels --history` shows the last month to people.
package struct HistoryListing {
    private static let listedSwitches = 20

    private let history: TunnelHistory
    private let hasColor: Bool

    package init(_ history: TunnelHistory, hasColor: Bool) {
        self.history = history
        self.hasColor = hasColor
    }

    package var lines: [String] {
        let length = history.untilUnixSeconds - history.fromUnixSeconds
        var lines = [
            "The last \(Span.words(length)); a column is \(Span.words(history.spanSeconds)), "
                + "its height the round trip, × no answer.", "",
        ]
        lines += paths
        lines.append("")
        let listed = Array(history.switches.prefix(Self.listedSwitches))
        if !listed.isEmpty {
            lines += SwitchTable.lines(listed, hasColor: hasColor)
            if history.switchCount > listed.count {
                lines.append("and \(history.switchCount - listed.count) earlier ones: --json shows more.")
            }
            lines.append("")
        }
        lines.append("On the fallback: \(fallback(of: length)).")
        lines.append(history.conclusion)
        return lines
    }

    private var paths: [String] {
        var table = TextTable(columns: ["PATH", "ROUND TRIP", "p50", "p95 MAX", "LOST", "IN USE"])
        for path in history.paths {
            let medians = path.points.compactMap(\.roundTripP50Milliseconds).sorted()
            table.add([
                path.name + SimulatedMark.words(path.isSimulated), Sparkline.text(path.points.map(\.spark)),
                medians.isEmpty ? "-" : "\(Milliseconds.words(medians[medians.count / 2]))ms",
                path.points.compactMap(\.roundTripP95Milliseconds).max()
                    .map { "\(Milliseconds.words($0))ms" } ?? "-",
                path.lossWords, Span.words(path.activeSeconds),
            ])
        }
        return table.lines(hasColor: hasColor)
    }

    private func fallback(of length: Int64) -> String {
        guard history.fallbackSeconds > 0 else { return "never" }
        let share = Percent.words(Double(history.fallbackSeconds) / Double(max(1, length)))
        return "\(Span.words(history.fallbackSeconds)) (\(share))"
    }
}

extension PathHistory {
    fileprivate var lossWords: String {
        probes == 0 ? "-" : "\(Percent.words(Double(lost) / Double(probes))) of \(probes)"
    }
}

extension PathHistory.Point {
    fileprivate var spark: Sparkline.Value {
        if let roundTripP50Milliseconds { return .number(roundTripP50Milliseconds) }
        return probes > 0 ? .lost : .unknown
    }
}

/// Shares as people say them.
private enum Percent {
    /// To a tenth of a percent; something that is more than nothing does not read as nothing.
    static func words(_ share: Double) -> String {
        let tenths = (share * 1000).rounded() / 10
        if share > 0, tenths == 0 { return "under 0.1 %" }
        return tenths == tenths.rounded() ? "\(Int64(tenths)) %" : "\(tenths) %"
    }
}
