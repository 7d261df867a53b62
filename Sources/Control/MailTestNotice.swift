package import Mail

/// How `runegate mail test` shows its result to people.
package enum MailTestNotice {
    /// The conversation, the verdict, and what to do.
    package static func lines(_ report: MailTestReport, hasColor: Bool) -> [String] {
        let verdict = report.isDelivered ? "OK - \(report.verdict)" : "FAILED - \(report.verdict)"
        let transcript = report.transcript.map { "  \(PlainText.withoutControls($0))" }
        return transcript + (transcript.isEmpty ? [] : [""])
            + [colored(PlainText.withoutControls(verdict), report.isDelivered ? 32 : 31, hasColor)]
            + (report.remedy.map { [PlainText.withoutControls($0)] } ?? [])
    }

    private static func colored(_ text: String, _ color: Int, _ hasColor: Bool) -> String {
        hasColor ? "\u{1b}[1;\(color)m\(text)\u{1b}[0m" : text
    }
}
