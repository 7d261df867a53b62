import GateModel
import Identity

// The page between a link and a session: it names the account, and only its button signs in.

/// What the confirm page shows and carries.
struct ConfirmForm {
    let account: String
    let token: String
    /// Bound to the cookie that the page sets.
    let confirmation: String
    /// Seconds since the Unix epoch.
    let requestedAt: Int64
    /// Nil for a link from the owner's command line.
    let requestedBy: Client?
    /// Whoever is signed in here already.
    let signedInAs: String?
}

extension PageLayout {
    func confirm(_ form: ConfirmForm) -> HTML {
        let replaced: HTML? = form.signedInAs.map { user in
            "<p class=\"notice\">You are signed in as <strong>\(user)</strong> here. That ends when you go on.</p>\n"
        }
        return page(
            title: "Confirm",
            content: """
                <h1>Is this you?</h1>
                <p class="who">\(form.account)</p>
                \(replaced)<form method="post" action="/.runegate/auth">
                <input type="hidden" name="token" value="\(form.token)">
                <input type="hidden" name="confirm" value="\(form.confirmation)">
                <button type="submit">Yes, sign me in</button>
                </form>
                <p class="quiet">\(origin(of: form)) If that was not you, or somebody
                else sent you the link, just close this page.</p>
                """)
    }

    private func origin(of form: ConfirmForm) -> HTML {
        let time = UTCTime(unixSeconds: form.requestedAt).description
        guard let client = form.requestedBy else {
            return "The owner of this site made this link on \(time)."
        }
        let address = client.address.description
        guard let browser = BrowserName(userAgent: client.userAgent).words else {
            return "The link was asked for on \(time), from \(address)."
        }
        return "The link was asked for on \(time), with \(browser), from \(address)."
    }
}

/// A moment as people read it: `21 November, 14:03 UTC`.
struct UTCTime: CustomStringConvertible {
    let unixSeconds: Int64

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November",
        "December",
    ]

    var description: String {
        let seconds = Int(unixSeconds)
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let minutes = (seconds - days * 86_400) / 60
        let (month, day) = Self.monthAndDay(daysSinceEpoch: days)
        return
            "\(day) \(Self.months[month - 1]), \(Self.twoDigits(minutes / 60)):\(Self.twoDigits(minutes % 60)) UTC"
    }

    /// The Gregorian date, counted in years that begin in March, so that the leap day comes last; eras of 400
    /// years are 146,097 days.
    private static func monthAndDay(daysSinceEpoch: Int) -> (month: Int, day: Int) {
        let shifted = daysSinceEpoch + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        return (marchMonth < 10 ? marchMonth + 3 : marchMonth - 9, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
