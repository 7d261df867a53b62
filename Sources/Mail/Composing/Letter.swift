internal import GateModel

/// The words of a mail: a subject, a text and the same in HTML.
struct Letter: Sendable, Equatable {
    let subject: String
    let text: String
    let html: String
}

/// Writes letters in the words of the owner, or in the built-in ones.
struct LetterWriter: Sendable {
    let brand: String
    let color: AccentColor
    let subject: MailTemplate
    let text: MailTemplate
    /// The owner's own HTML; nil: made from the text.
    let html: MailTemplate?

    static let builtInSubject = "Sign in to {brand}"

    static let builtInText = """
        Here is your link to sign in to {brand}:

        {login_url}

        Or type this code into the page where you asked for the link: {code}

        It works once, within {expiry_minutes} minutes. If you did not ask for this mail, you can ignore it: \
        without it nobody gets in.
        """

    private static let testText = """
        This is a test mail from {brand}.

        You can read it, so mail from this gateway arrives. There is nothing to do.
        """

    private static let recoveryText = """
        {brand} can be reached again:

        {login_url}

        You asked to be told while it was out of reach. This is the only mail about it: there is nothing to \
        unsubscribe from.
        """

    /// The letter for `job`, which says how many minutes its link has left at `unixSeconds`.
    func letter(for job: MailJob, unixSeconds: Int64) -> Letter {
        let minutes = Self.minutesLeft(job, unixSeconds: unixSeconds)
        func value(_ placeholder: MailTemplate.Placeholder) -> String? {
            switch placeholder {
            case .loginURL: job.loginURL
            case .expiryMinutes: String(minutes)
            case .code: job.code
            case .brand: brand
            }
        }
        func document(_ template: MailTemplate, title: String, action: String) -> String {
            LetterHTML(brand: brand, color: color, action: action).document(
                template, title: title, value: value)
        }
        switch job.kind {
        case .link:
            let subject = subjectLine(minutes: minutes)
            return Letter(
                subject: subject, text: text.render(value),
                html: html.map { $0.render { value($0).map(HTMLText.escaped) } }
                    ?? document(text, title: subject, action: "Sign in to \(brand)"))
        case .recovery:
            let template = MailTemplate(Self.recoveryText)
            let subject = "\(brand) is back"
            return Letter(
                subject: subject, text: template.render(value),
                html: document(template, title: subject, action: "Open \(brand)"))
        case .test:
            let template = MailTemplate(Self.testText)
            let subject = "Test mail from \(brand)"
            return Letter(
                subject: subject, text: template.render(value),
                html: document(template, title: subject, action: ""))
        }
    }

    /// Link and code never stand in a subject: lock screens show it.
    private func subjectLine(minutes: Int) -> String {
        subject.render { placeholder in
            switch placeholder {
            case .brand: brand
            case .expiryMinutes: String(minutes)
            case .loginURL, .code: ""
            }
        }
    }

    /// A mail that waited for its server says how long its link really works, and at least a minute.
    private static func minutesLeft(_ job: MailJob, unixSeconds: Int64) -> Int {
        let seconds = max(0, job.expiresUnixSeconds - unixSeconds)
        return max(1, min(job.expiryMinutes, Int((seconds + 59) / 60)))
    }
}
