// The sign-in page, and what stands in its place for those who are signed in already.

/// What the sign-in page shows.
struct SignInForm {
    enum Notice: Equatable {
        case signedOut
        /// Comes with what was typed, so that a person corrects one letter.
        case malformedAddress(String)
    }

    /// Where to go afterwards, checked.
    let next: String?
    let notice: Notice?
    /// Whether a link can be mailed at all.
    let hasMail: Bool
}

extension PageLayout {
    func signIn(_ form: SignInForm) -> HTML {
        guard form.hasMail else { return askOwner(isSignedOut: form.notice == .signedOut) }
        var typed: String?
        if case .malformedAddress(let text) = form.notice { typed = text }
        let next: HTML? = form.next.map { "<input type=\"hidden\" name=\"next\" value=\"\($0)\">\n" }
        let problem: HTML? =
            typed != nil
            ? "<p class=\"problem\" id=\"problem\" role=\"alert\">\(Words.malformedAddress)</p>\n" : nil
        let correction: HTML? = typed.map {
            " value=\"\($0)\" aria-invalid=\"true\" aria-describedby=\"problem\""
        }
        return page(
            title: form.notice == .signedOut ? "Signed out" : "Sign in",
            content: """
                \(form.notice == .signedOut ? signedOutNotice : nil)<h1>Sign in</h1>
                <p>Enter your e-mail address and we will send you a link. No password needed.</p>
                <form method="post" action="/.runegate/login">
                \(next)<label for="email">E-mail address</label>
                <input id="email" name="email" type="email" inputmode="email" autocomplete="email" autocapitalize="none"
                spellcheck="false" placeholder="you@example.com" maxlength="320" required autofocus\(correction)>
                \(problem)<button type="submit">Send me a link</button>
                </form>
                """)
    }

    func askOwner(isSignedOut: Bool = false) -> HTML {
        page(
            title: isSignedOut ? "Signed out" : "Sign in",
            content: """
                \(isSignedOut ? signedOutNotice : nil)<h1>Ask for a link</h1>
                <p>\(Words.askOwner)</p>
                <p class="quiet">The link works once. Open it in this browser and you are in.</p>
                """)
    }

    func signedIn(user: String) -> HTML {
        page(
            title: "Signed in",
            content: """
                <h1>You are signed in</h1>
                <p class="who">\(user)</p>
                <a class="button" href="/">Continue</a>
                <form method="post" action="/.runegate/logout">
                <button type="submit" class="second">Sign out</button>
                </form>
                """)
    }

    private var signedOutNotice: HTML { "<p class=\"notice\" role=\"status\">You are signed out.</p>\n" }
}
