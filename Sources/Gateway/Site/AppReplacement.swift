import GateConfig
import GateModel
import Identity
package import NIOHTTP1

// What a visitor gets instead of the app: the way to sign in, or the reason why the app does not answer.

extension Site {
    /// A longer `next` is left out, since servers in front take only so much header.
    private static let maximumNextBytes = 2048

    /// The answer to a request for the app without a session: a navigation is sent to the sign-in page and
    /// comes back afterwards, anything else (an API call, a WebSocket) gets 401.
    ///
    /// - Parameters:
    ///   - method: Only GET and HEAD can be navigations.
    ///   - target: The raw request target.
    ///   - headers: The request's.
    /// - Returns: 302 or 401.
    package func challenge(method: HTTPMethod, target: String, headers: HTTPHeaders) -> LocalResponse {
        guard method == .GET || method == .HEAD, wantsPage(headers) else {
            return .json(
                .unauthorized,
                [
                    "error": "sign_in_required", "message": "Sign in first: open this site in a browser.",
                    "sign_in": .text(settings.baseURL.origin + SiteRoutes.prefix + "login"),
                ])
        }
        var location = SiteRoutes.prefix + "login"
        if target.utf8.count <= Self.maximumNextBytes, let next = SafeRedirect.check(target), next != "/" {
            location += "?next=" + percentEncoded(next)
        }
        return .redirect(.found, to: location)
    }

    /// The answer when something other than the app has to answer.
    ///
    /// - Parameters:
    ///   - kind: What went wrong.
    ///   - wantsHTML: A page, else JSON (see ``wantsPage(_:)``).
    ///   - retries: Whether the page may load itself again; false when the request was not a GET, or must not
    ///     be repeated for another reason.
    /// - Returns: The kind's status, with `Retry-After` where waiting helps.
    package func failure(_ kind: FailureKind, wantsHTML: Bool, retries: Bool = true) -> LocalResponse {
        let words = FailureWords(kind)
        var response = failure(words: words, status: kind.status, wantsHTML: wantsHTML)
        if wantsHTML {
            let page = layout.failure(
                words, chain: FailureChain(kind), retrySeconds: retries ? kind.retrySeconds : nil)
            response = .page(kind.status, page)
        }
        return kind.retrySeconds.map { response.adding("Retry-After", "\($0)") } ?? response
    }

    func failure(words: FailureWords, status: HTTPResponseStatus, wantsHTML: Bool) -> LocalResponse {
        wantsHTML
            ? .page(status, layout.failure(words))
            : .json(status, ["error": .text(words.code), "message": .text("\(words.title). \(words.text)")])
    }

    func methodNotAllowed(_ allow: String, wantsHTML: Bool) -> LocalResponse {
        failure(words: .methodNotAllowed, status: .methodNotAllowed, wantsHTML: wantsHTML).adding(
            "Allow", allow)
    }
}

/// The text with everything but unreserved characters and `/` escaped (RFC 3986 §2.1).
func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var output: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "/"):
            output.append(byte)
        default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
        }
    }
    return String(decoding: output, as: UTF8.self)
}
