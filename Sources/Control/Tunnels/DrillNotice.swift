/// How `runegate tunnels drill` shows its result to people.
package enum DrillNotice {
    package static func lines(_ result: DrillResult, hasColor: Bool) -> [String] {
        let paint = Paint(hasColor: hasColor)
        var table = TextTable(columns: ["SWITCH", "SLOWEST ANSWER"])
        let mark = SimulatedMark.words(result.isSimulated)
        table.add(["\(result.from) → \(result.to)\(mark)", "\(result.gapThereMilliseconds)ms"])
        table.add(["\(result.to) → \(result.from)\(mark)", "\(result.gapBackMilliseconds)ms"])
        var lines = table.lines(hasColor: hasColor)
        lines.append("Requests: \(result.requestsSent) sent, \(result.requestsFailed) failed")
        lines += result.problems.map { "# \(PlainText.withoutControls($0))." }
        lines.append("")
        lines.append(
            result.isPassed
                ? paint.bold("PASS - no request failed, and nobody waited a second", .green)
                : paint.bold("FAIL - visitors would have noticed", .red))
        return lines
    }
}
