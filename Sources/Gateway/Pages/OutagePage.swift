// The page when nothing works: which layer broke, since when, and who may be told when it is over.

/// What the page says besides the outage's words.
struct OutageNotice {
    /// How long it has lasted.
    let lastedSeconds: Int
    /// When the page loads itself again; nil: it does not.
    let retrySeconds: Int?
    let offer: Offer
    /// Where to go on from the page that says thanks, checked.
    let next: String?

    /// What a signed-in visitor may ask for.
    enum Offer: Equatable {
        /// Nothing: there is no mail, or nobody is signed in.
        case none
        /// A mail when it is over.
        case mail
        /// This address is written to already.
        case awaiting(String)
    }
}

extension PageLayout {
    func outage(_ words: FailureWords, chain: FailureChain, _ notice: OutageNotice) -> HTML {
        page(
            title: words.title, refresh: notice.retrySeconds.map { Refresh(seconds: $0, path: nil) },
            content: """
                <h1>\(words.title)</h1>
                <p>\(words.text) It began <span data-began="\(notice.lastedSeconds)">\
                \(Words.ago(seconds: notice.lastedSeconds))</span>.</p>
                \(chain.html)\(notice.retrySeconds.map(retrying))\(offer(notice))\
                <a class="button\(notice.offer == .mail || notice.retrySeconds != nil ? " second" : "")" href="">\
                Try again now</a>
                <p class="quiet code-word">\(words.code)</p>
                """)
    }

    private func offer(_ notice: OutageNotice) -> HTML? {
        switch notice.offer {
        case .none: return nil
        case .awaiting(let address):
            return "<p class=\"notice\" role=\"status\">\(Words.willWrite(to: address))</p>\n"
        case .mail:
            let next: HTML? = notice.next.map { "<input type=\"hidden\" name=\"next\" value=\"\($0)\">\n" }
            return """
                <form method="post" action="/.runegate/notify">
                \(next)<button type="submit">Mail me when it is back</button>
                </form>

                """
        }
    }

    /// After "mail me when it is back".
    ///
    /// - Parameters:
    ///   - address: Where the mail will go.
    ///   - next: The page that could not be reached, checked; it is tried again from here.
    /// - Returns: The whole page.
    func awaiting(_ address: String, next: String) -> HTML {
        page(
            title: "We will write to you", refresh: Refresh(seconds: Self.retrySeconds, path: next),
            content: """
                \(Mark.envelope)<h1>We will write to you</h1>
                <p>As soon as this site works again, a mail goes to</p>
                <p class="who">\(address)</p>
                <p>You can close this page. Left open, it goes on by itself.</p>
                \(retrying(seconds: Self.retrySeconds))<a class="button second" href="\(next)">Try again now</a>
                """)
    }

    /// When there is nothing to wait for.
    func notBroken(next: String) -> HTML {
        page(
            title: "It works",
            content: """
                <h1>It works</h1>
                <p>\(Words.notBroken)</p>
                <a class="button" href="\(next)">Go on</a>
                """)
    }

    /// Seconds between two tries of a page that waits for the app.
    static let retrySeconds = 5
}
