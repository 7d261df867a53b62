internal import GateModel
package import TunnelSupervisor

/// How `runegate tunnels` shows a report to people: the verdict first, on one screen.
package struct TunnelListing {
    private let report: TunnelReport
    private let paint: Paint
    private let hasColor: Bool

    package init(_ report: TunnelReport, hasColor: Bool) {
        self.report = report
        self.hasColor = hasColor
        self.paint = Paint(hasColor: hasColor)
    }

    package var lines: [String] {
        var lines = [paint.bold(Self.headline(report), report.verdict.color), ""]
        lines += table
        lines += ["", "Next: traffic \(report.rule)." + (report.isQuiet ? quiet : "")]
        if !report.switches.isEmpty { lines += [""] + switches }
        if let live { lines += ["", live] }
        if !report.problems.isEmpty { lines.append("") }
        for problem in report.problems {
            lines.append(paint.colored("# \(Self.sentence(problem.problem))", .yellow))
            lines.append("#   \(Self.sentence(problem.remedy))")
        }
        return lines
    }

    /// `DEGRADED - serving over rathole: …`.
    package static func headline(_ report: TunnelReport) -> String {
        "\(report.verdict.words) - \(PlainText.withoutControls(report.summary))"
            + SimulatedMark.words(report.paths.contains(where: \.isSimulated))
    }

    private var quiet: String { " Nobody has been here for half a minute, so probes are rare." }

    private var table: [String] {
        var table = TextTable(columns: [
            "", "PATH", "ROLE", "STATE", "EVIDENCE", "SINCE", "RTT p50/p95", "REQUESTS", "IN/OUT",
            "SWITCHES 24h",
        ])
        for path in report.paths {
            table.add([
                path.isActive ? "→" : "", path.name + SimulatedMark.words(path.isSimulated),
                path.isActive ? "active" : "standby", path.stateWords, path.evidence,
                Span.words(path.sinceSeconds), path.roundTripWords,
                path.requests.map { "\($0)" } ?? "-", path.trafficWords,
                "\(path.departuresLastDay)",
            ])
        }
        let lines = table.lines(hasColor: hasColor)
        return lines.prefix(1) + zip(lines.dropFirst(), report.paths).map { paint.colored($0, $1.color) }
    }

    private var switches: [String] { SwitchTable.lines(report.switches, hasColor: hasColor) }

    private var live: String? {
        report.live.map { live in
            let streams = live.streams.map { ", \($0) stream\($0 == 1 ? "" : "s")" } ?? ""
            return "Live: \(live.users) user\(live.users == 1 ? "" : "s")\(streams)"
        }
    }

    /// One clause with its end, which some have already.
    private static func sentence(_ text: String) -> String {
        let text = PlainText.withoutControls(text)
        return text.hasSuffix(".") ? text : "\(text)."
    }
}

/// How switches are listed, the newest first.
enum SwitchTable {
    static func lines(_ switches: [SwitchReport], hasColor: Bool) -> [String] {
        var table = TextTable(columns: ["LAST SWITCHES", "FROM → TO", "CAUSE", "GAP", "STREAMS"])
        for one in switches {
            table.add([
                LocalTime(unixSeconds: one.unixSeconds).dayAndClock,
                "\(one.from) → \(one.to)\(SimulatedMark.words(one.isSimulated))", one.cause.rawValue,
                one.gapWords, one.streams?.words ?? "-",
            ])
        }
        return table.lines(hasColor: hasColor)
    }
}

extension SwitchedStreams {
    fileprivate var words: String {
        kept + ended == 0 ? "none" : "\(kept) kept, \(ended) ended"
    }
}

extension SwitchReport {
    /// A switch away from a living path has no gap.
    var gapWords: String { gapMilliseconds == 0 ? "none" : "\(gapMilliseconds)ms" }
}

extension TunnelVerdict {
    /// `APP DOWN`.
    var words: String { rawValue.uppercased().replacing("-", with: " ") }

    var color: Paint.Color {
        switch self {
        case .ok: .green
        case .degraded: .yellow
        case .down, .appDown, .notJoined: .red
        }
    }
}

extension PathReport {
    /// A path that is up and was not proven just now would not carry traffic for sure.
    var stateWords: String { state == .up && !isProven ? "unproven" : state.rawValue }

    fileprivate var roundTripWords: String {
        guard let roundTripP50Milliseconds, let roundTripP95Milliseconds else { return "-" }
        return
            "\(Milliseconds.words(roundTripP50Milliseconds))/\(Milliseconds.words(roundTripP95Milliseconds))ms"
    }

    fileprivate var trafficWords: String {
        traffic.map { "\(ByteCount.words($0.receivedBytes))/\(ByteCount.words($0.sentBytes))" } ?? "-"
    }

    fileprivate var color: Paint.Color? {
        switch state {
        case .down: .red
        case .suspect, .probation, .unknown: .yellow
        case .up: isProven ? nil : .yellow
        }
    }
}
