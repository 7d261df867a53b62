/// What became of the mails so far, for the one line that `systemctl status` shows; it names no recipient.
package struct MailerStanding: Sendable, Equatable {
    private var sent = 0
    /// Why the last mail did not leave, as one word; nil when it did.
    private var trouble: String?

    package init() {}

    package mutating func note(_ outcome: MailOutcome) {
        switch outcome {
        case .sent:
            sent += 1
            trouble = nil
        case .refused(let reason, _): trouble = reason.rawValue
        case .deferred(.interrupted, _): break
        case .deferred(let reason, _): trouble = reason.rawValue
        }
    }

    package var line: String {
        let count = sent == 0 ? "Waiting for mails" : "\(sent) mail\(sent == 1 ? "" : "s") sent"
        return trouble.map { "\(count). The last one did not leave (\($0)): runegate mail test ADDRESS" }
            ?? count
    }
}
