package import GateModel
import UpstreamSelection

// The verdict, and the report as a whole.

extension FailoverMachine {
    /// How many switches a report names.
    private static let reportedSwitches = 3

    /// Everything that `runegate tunnels` says, as of `now`.
    package func report(at now: Moment) -> TunnelReport {
        TunnelReport(
            verdict: verdict(at: now), summary: summary(at: now),
            paths: paths.indices.map { row($0, at: now) }, rule: nextSwitch(at: now), preference: preference,
            drill: drill.map { drill in
                DrillReport(
                    target: drill.target.rawValue,
                    endsInSeconds: max(0, (drill.endsBy - now.sinceBoot).components.seconds))
            }, isQuiet: isQuiet,
            switches: switches.records.suffix(Self.reportedSwitches).reversed().map {
                SwitchReport($0, isSimulated: isSimulated)
            },
            problems: problems(at: now))
    }

    /// Whether the paths are relays inside this program.
    private var isSimulated: Bool { paths.contains(where: \.path.isSimulated) }

    package func verdict(at now: Moment) -> TunnelVerdict {
        if isNotJoined(at: now) { return .notJoined }
        if isAppDown || isAppGarbled { return .appDown }
        if paths[current].state == .down { return .down }
        let isAsConfigured = current == 0 && paths[0].state == .up
        let isProven = paths.allSatisfy { $0.state != .down && $0.isProven(at: now.sinceBoot) }
        return isAsConfigured && isProven ? .ok : .degraded
    }

    /// The box is reached over some path, and the app answers over none.
    package var isAppDown: Bool {
        paths.allSatisfy { $0.answeringSince == nil } && paths.contains(where: \.isBoxReachedWithoutApp)
    }

    /// Bytes come from the app, and nowhere are they an HTTP answer.
    var isAppGarbled: Bool {
        let outcomes = paths.compactMap(\.lastFull?.outcome)
        return outcomes.contains(.garbled) && !outcomes.contains(where: \.isAnswer)
    }

    private func isNotJoined(at now: Moment) -> Bool {
        paths.contains { $0.handshake?.fact(at: now.sinceBoot) == .noPeer }
            && paths.allSatisfy { !$0.state.isUsable }
    }

    private func summary(at now: Moment) -> String {
        let health = paths[current]
        let name = health.path.name.rawValue
        switch verdict(at: now) {
        case .ok:
            let span = Span.words((now.sinceBoot - currentSince.sinceBoot).components.seconds)
            return "serving over \(name) since \(span)" + (paths.count > 1 ? " (fallback ready)" : "")
        case .degraded: return "serving over \(name): \(shortcoming(at: now))"
        case .down:
            return paths.count > 1 ? "the box answers on neither path" : "the box does not answer"
        case .appDown:
            return "the box is reached, and \(isAppGarbled ? "what answers is no web app" : appFault.words)"
        case .notJoined: return "no box has joined yet"
        }
    }

    /// What keeps a served path from being all right.
    private func shortcoming(at now: Moment) -> String {
        let health = paths[current]
        if health.state == .unknown { return "no probe has been answered yet" }
        if current != 0 {
            let first = paths[0]
            if let drill { return "somebody tries \(drill.target.rawValue) (drill)" }
            if preferred == current, preference != .auto {
                return "held there by `runegate tunnels prefer \(preference.rawValue)`"
            }
            guard first.state == .down || first.state == .probation else {
                return "\(first.path.name.rawValue) is \(first.state.rawValue)"
            }
            return "\(first.path.name.rawValue) \(first.state == .down ? "is" : "was") down, "
                + (first.cause?.words ?? "cause unknown")
        }
        if health.state == .suspect { return "some of its probes are lost" }
        if !health.isProven(at: now.sinceBoot) { return "the app has not answered its last probes" }
        guard let next = other(than: current) else { return "it is \(health.state.rawValue)" }
        return "the fallback \(paths[next].path.name.rawValue) is not proven"
    }

    private func row(_ index: Int, at now: Moment) -> PathReport {
        let health = paths[index]
        return PathReport(
            name: health.path.name.rawValue, target: "\(health.path.endpoint)",
            isSimulated: health.path.isSimulated, isActive: index == current, state: health.state,
            isProven: health.isProven(at: now.sinceBoot), cause: health.cause,
            evidence: health.evidence(at: now.sinceBoot),
            sinceSeconds: (now.sinceBoot - health.since.sinceBoot).components.seconds,
            roundTripP50Milliseconds: health.roundTrips.percentile(50)?.milliseconds,
            roundTripP95Milliseconds: health.roundTrips.percentile(95)?.milliseconds,
            departuresLastDay: switches.departuresOfLastDay(from: health.path.name, at: now.sinceBoot),
            interfaceTraffic: health.handshake?.details.traffic)
    }
}

extension PathHealth {
    /// The path leads to the box, and no app answers there.
    var isBoxReachedWithoutApp: Bool {
        guard watch != .fullOnly else { return closesInARow > ProbeThresholds.ratholePool }
        return isAppMissing && lastFull.map { watch.isReached(by: $0.outcome) } ?? false
    }
}

extension SwitchReport {
    init(_ record: SwitchRecord, isSimulated: Bool) {
        self.init(
            unixSeconds: record.at.unixSeconds, from: record.from.rawValue, to: record.to.rawValue,
            cause: record.cause, gapMilliseconds: record.gap.wholeMilliseconds,
            streams: record.streams, isSimulated: isSimulated)
    }
}

extension WireGuardDetails {
    /// What passed over the interface; nil when it cannot be read.
    fileprivate var traffic: PathTraffic? {
        guard let receivedBytes, let sentBytes else { return nil }
        return PathTraffic(receivedBytes: receivedBytes, sentBytes: sentBytes)
    }
}

extension Duration {
    /// The duration in milliseconds, to a tenth.
    fileprivate var milliseconds: Double { ((self / .milliseconds(1)) * 10).rounded() / 10 }
}
