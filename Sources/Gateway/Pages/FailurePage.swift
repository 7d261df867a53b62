import Identity

// Error pages: one sentence of what happened, one way on.

extension PageLayout {
    /// The page of one error.
    ///
    /// - Parameters:
    ///   - words: What it says.
    ///   - chain: Which layer between here and the app broke.
    ///   - retrySeconds: When the page loads itself again; nil: it does not.
    /// - Returns: The whole page.
    func failure(_ words: FailureWords, chain: FailureChain? = nil, retrySeconds: Int? = nil) -> HTML {
        page(
            title: words.title, refresh: retrySeconds.map { Refresh(seconds: $0, path: nil) },
            content: """
                <h1>\(words.title)</h1>
                <p>\(words.text)</p>
                \(chain?.html)\(retrySeconds.map(retrying))\(action(words.action, isRetrying: retrySeconds != nil))
                <p class="quiet code-word">\(words.code)</p>
                """)
    }

    /// Says when the page loads itself again.
    func retrying(seconds: Int) -> HTML {
        """
        <p class="waiting"><span class="pulse" aria-hidden="true"></span>
        <span>Trying again in <span data-seconds="\(seconds)">\(Words.countdown(seconds: seconds))</span></span></p>

        """
    }

    private func action(_ action: FailureWords.Action, isRetrying: Bool) -> HTML? {
        switch action {
        case .none: nil
        case .newLink: "<a class=\"button\" href=\"/.runegate/login\">Ask for a new link</a>"
        case .signIn: "<a class=\"button\" href=\"/.runegate/login\">Go to the sign-in page</a>"
        case .home: "<a class=\"button\" href=\"/\">Go to the front page</a>"
        // An empty reference is this very address (RFC 3986 §4.4).
        case .retry: "<a class=\"button\(isRetrying ? " second" : "")\" href=\"\">Try again now</a>"
        }
    }

    /// The 429 page, counting down.
    ///
    /// - Parameters:
    ///   - limit: Which limit, and how long.
    ///   - hasCodeForm: Whether a message may be there already, whose code can be typed.
    ///   - continueAt: Where under `/.runegate/` to go on when the time is over; nil: the same address.
    /// - Returns: The whole page.
    func limited(_ limit: Limit, hasCodeForm: Bool, continueAt: String?) -> HTML {
        let path = continueAt.map { SiteRoutes.prefix + $0 }
        let why: HTML =
            hasCodeForm
            ? "This address asked for a link a moment ago. Look in your inbox: if a message came, it still works."
            : "There were too many tries from your network. Please wait a little."
        let seconds = limit.resetSeconds
        let countdown: HTML = "<span data-seconds=\"\(seconds)\">\(Words.countdown(seconds: seconds))</span>"
        // No page goes away under somebody who is typing.
        let refresh = hasCodeForm ? nil : Refresh(seconds: seconds, path: path)
        return page(
            title: "Please wait", refresh: refresh,
            content: """
                <h1>Please wait a moment</h1>
                <p>\(why)</p>
                <p class="waiting" role="timer"><span class="pulse" aria-hidden="true"></span>
                <span>You can try again in \(countdown)</span></p>
                \(hasCodeForm ? codeForm(isCodeWrong: false) : nil)
                """)
    }
}
