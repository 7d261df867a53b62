import GateModel
import NIOHTTP1

// What a request's headers say about where it comes from: one of our pages, a foreign page, a scanner, an
// API client. Pure decisions.

/// The origins that count as ours.
struct OurOrigins: Sendable {
    private let origins: Set<String>

    /// On a loopback base URL `localhost`, `127.0.0.1` and `[::1]` are equal.
    init(_ baseURL: BaseURL) {
        self.origins = Set(baseURL.acceptedAuthorities.map { "\(baseURL.scheme.rawValue)://\($0)" })
    }

    /// Whether a link that this request asks for may be bound to the browser that sent it: then one click in
    /// this browser signs in, so no foreign page may arrange that.
    func mayBindNonce(_ headers: HTTPHeaders) -> Bool {
        let site = headers["sec-fetch-site"]
        return isAbsentOrOurs(headers["origin"])
            && (site.isEmpty || site == ["same-origin"] || site == ["none"])
    }

    /// Whether a POST may change something: not when a foreign page sent it, nor when its origin is hidden
    /// (`Origin: null`).
    func mayPost(_ headers: HTTPHeaders) -> Bool {
        let origin = headers["origin"]
        let site = headers["sec-fetch-site"]
        return origin.isEmpty ? site.isEmpty || site == ["same-origin"] : isAbsentOrOurs(origin)
    }

    /// Whether the request says that it comes from a page of ours.
    func isOurs(_ headers: HTTPHeaders) -> Bool {
        !headers["origin"].isEmpty && isAbsentOrOurs(headers["origin"])
    }

    private func isAbsentOrOurs(_ values: [String]) -> Bool {
        values.isEmpty || (values.count == 1 && values.allSatisfy(origins.contains))
    }
}

/// Whether the answer should be a page rather than JSON: the request is a navigation or, from a browser that
/// does not say, takes HTML. (Fetch Metadata, W3C, §2.2.)
func wantsPage(_ headers: HTTPHeaders) -> Bool {
    let mode = headers["sec-fetch-mode"]
    guard mode.isEmpty else { return mode == ["navigate"] }
    return headers["accept"].contains { $0.lowercased().contains("text/html") }
}

/// What opening a link in a browser does.
enum LinkOpening: Equatable {
    /// Sign in at once and go on.
    case signIn
    /// Show whose link it is and ask for one more click.
    case confirm

    /// One click is enough only in the browser that asked, on a navigation that a person made.
    ///
    /// - Parameters:
    ///   - method: The request's.
    ///   - headers: The request's.
    ///   - isSameBrowser: The request's nonce cookie is the one the link is bound to.
    ///   - hasSession: Somebody is signed in here already; a link must not replace them unseen.
    init(method: HTTPMethod, headers: HTTPHeaders, isSameBrowser: Bool, hasSession: Bool) {
        let mode = headers["sec-fetch-mode"]
        // Sec-Purpose marks prefetching and previews (Fetch §3.1.8).
        let isNavigation = headers["sec-purpose"].isEmpty && (mode.isEmpty || mode == ["navigate"])
        self = method == .GET && isNavigation && isSameBrowser && !hasSession ? .signIn : .confirm
    }
}
