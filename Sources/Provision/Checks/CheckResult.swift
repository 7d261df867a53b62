/// What one look at the machine found, before anything is written.
package struct CheckResult: Sendable, Hashable {
    package enum Verdict: String, Sendable, Hashable {
        case pass, warn, fail
    }

    /// What was looked at, in a word or two.
    package let subject: String
    package let verdict: Verdict
    /// What was found, and when it is not right why that matters and what to do.
    package let text: String

    package init(_ subject: String, _ verdict: Verdict, _ text: String) {
        self.subject = subject
        self.verdict = verdict
        self.text = text
    }

    /// As the list of checks shows it.
    package var line: String {
        let mark =
            switch verdict {
            case .pass: "ok  "
            case .warn: "WARN"
            case .fail: "FAIL"
            }
        return "\(mark)  \(subject): \(text)"
    }
}
