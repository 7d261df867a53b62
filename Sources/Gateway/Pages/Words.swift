import Identity

// What we say in more than one place: on a page and in JSON.

enum Words {
    static let malformedAddress =
        "That does not look like an e-mail address. It should be like you@example.com."
    static let wrongCode =
        "That code did not work. A code works once, for a short time, and only in the browser that asked for it."
    static let askOwner = "This site sends no mail. Ask its owner for a sign-in link."

    static let notBroken = "As far as we know this site can be reached. There is nothing to wait for."

    static func willWrite(to address: String) -> String {
        "We will write to \(address) when it is back."
    }

    /// The same for every address: whether it may sign in is nobody else's business.
    static func linkOnItsWay(minutes: Int) -> String {
        "If this address may sign in here, a message with a link is on its way. "
            + "The link works once, for \(span(minutes: minutes))."
    }

    static func limited(_ limit: Limit) -> String {
        switch limit.kind {
        case .ip: "Too many tries. Please wait \(span(seconds: limit.resetSeconds))."
        case .email:
            "This address asked for a link a moment ago. You can ask again in \(span(seconds: limit.resetSeconds))."
        }
    }

    /// How long ago something began, in the largest unit that fits.
    static func ago(seconds: Int) -> String {
        switch seconds {
        case ..<5: "just now"
        case ..<120: "\(seconds) seconds ago"
        case ..<7200: "\(seconds / 60) minutes ago"
        case ..<172_800: "\(seconds / 3600) hours ago"
        default: "\(seconds / 86_400) days ago"
        }
    }

    static func span(minutes: Int) -> String { minutes == 1 ? "1 minute" : "\(minutes) minutes" }

    /// As a person would say it: from two minutes on in whole minutes, rounded up.
    static func span(seconds: Int) -> String {
        if seconds >= 120 { return span(minutes: (seconds + 59) / 60) }
        return seconds == 1 ? "1 second" : "\(seconds) seconds"
    }

    /// Time left, as the page's script goes on to write it: `5:00 min`, `42 s`.
    static func countdown(seconds: Int) -> String {
        guard seconds >= 60 else { return "\(seconds) s" }
        let rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest) min"
    }
}
