package import Store

// History as the database keeps it, made into what people read.

extension TunnelHistory {
    /// So many columns fit beside a path's name.
    private static let mostSpans: Int64 = 60
    /// Samples are not written more often.
    private static let shortestSpan: Int64 = 300
    private static let listedSwitches = 200

    /// Sums up what was written since `oldest` at the earliest.
    ///
    /// - Parameters:
    ///   - records: The oldest first.
    ///   - first: The name of the first configured path; time on others is time on the fallback.
    ///   - oldest: Nothing before it is looked at.
    ///   - now: The present.
    ///   - isSimulated: Whether the paths are relays inside this program.
    ///   - minuteOfDay: Where a time of the wall clock lies in its day here.
    package init(
        _ records: TunnelHistoryRecords, first: String, sinceUnixSeconds oldest: Int64,
        untilUnixSeconds now: Int64, isSimulated: Bool = false, minuteOfDay: (Int64) -> Int
    ) {
        let times = records.samples.map(\.unixSeconds) + records.switches.map(\.unixSeconds)
        let from = max(oldest, min(times.min() ?? now, now))
        let span = max(Self.shortestSpan, (now - from + Self.mostSpans - 1) / Self.mostSpans)
        let starts = stride(from: from, to: max(now, from + 1), by: Int64.Stride(span))
        let bySpan = Dictionary(grouping: records.samples.filter { $0.unixSeconds >= from }) { sample in
            SpanKey(path: sample.path, index: (sample.unixSeconds - from) / span)
        }
        var names: [String] = []
        for name in [first] + records.samples.map(\.path) where !names.contains(name) { names.append(name) }
        let paths = names.map { name in
            PathHistory(
                name: name, isSimulated: isSimulated,
                points: starts.enumerated().map { index, start in
                    let samples = bySpan[SpanKey(path: name, index: Int64(index))] ?? []
                    return PathHistory.Point(unixSeconds: start, samples)
                })
        }
        self.init(
            fromUnixSeconds: from, untilUnixSeconds: now, spanSeconds: span, paths: paths,
            switchCount: records.switches.count,
            switches: records.switches.suffix(Self.listedSwitches).reversed().compactMap {
                SwitchReport($0, isSimulated: isSimulated)
            },
            fallbackSeconds: paths.dropFirst().reduce(0) { $0 + $1.activeSeconds },
            conclusion: HistoryConclusion(records.switches, at: now, minuteOfDay: minuteOfDay).text)
    }

    private struct SpanKey: Hashable {
        let path: String
        let index: Int64
    }
}

extension PathHistory {
    fileprivate init(name: String, isSimulated: Bool, points: [Point]) {
        self.init(
            name: name, isSimulated: isSimulated, probes: points.reduce(0) { $0 + $1.probes },
            lost: points.reduce(0) { $0 + $1.lost },
            activeSeconds: points.reduce(0) { $0 + $1.activeSeconds }, points: points)
    }
}

extension PathHistory.Point {
    fileprivate init(unixSeconds: Int64, _ samples: [TunnelSampleRecord]) {
        let medians = samples.compactMap(\.roundTripP50Microseconds).sorted()
        self.init(
            unixSeconds: unixSeconds, probes: samples.reduce(0) { $0 + $1.probes },
            lost: samples.reduce(0) { $0 + $1.lost },
            roundTripP50Milliseconds: medians.isEmpty ? nil : Self.milliseconds(medians[medians.count / 2]),
            roundTripP95Milliseconds: samples.compactMap(\.roundTripP95Microseconds).max()
                .map(Self.milliseconds),
            activeSeconds: samples.reduce(0) { $0 + $1.activeSeconds })
    }

    /// To a tenth.
    private static func milliseconds(_ microseconds: Int64) -> Double {
        (Double(microseconds) / 100).rounded() / 10
    }
}

extension SwitchReport {
    /// Nil for a cause that this version does not know.
    fileprivate init?(_ record: TunnelSwitchRecord, isSimulated: Bool) {
        guard let cause = SwitchCause(rawValue: record.cause) else { return nil }
        self.init(
            unixSeconds: record.unixSeconds, from: record.from, to: record.to, cause: cause,
            gapMilliseconds: record.gapMilliseconds,
            streams: record.streamsKept.flatMap { kept in
                record.streamsEnded.map { SwitchedStreams(kept: kept, ended: $0) }
            }, isSimulated: isSimulated)
    }
}
