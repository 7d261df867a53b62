import NIOHTTP1

// How every answer of ours is put together: a page, JSON or a redirect, with the headers that all of them
// carry.

extension LocalResponse {
    /// What keeps our pages out of frames, caches, logs and search engines, and foreign code out of them.
    ///
    /// `strict-origin`: with `no-referrer` browsers would send `Origin: null` for our own forms.
    static let baseHeaders: HTTPHeaders = [
        "Cache-Control": "no-store",
        "Content-Security-Policy": contentSecurityPolicy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy":
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), "
            + "microphone=(), payment=(), publickey-credentials-get=(), usb=()",
        "Referrer-Policy": "strict-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "X-Robots-Tag": "noindex, nofollow",
    ]

    /// Nothing but our own style sheet, images, forms and the one script in the page, named by its hash.
    static let contentSecurityPolicy =
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; img-src 'self'; "
        + "script-src '\(PageScript.integrity)'; style-src 'self'"

    static func page(_ status: HTTPResponseStatus, _ html: HTML) -> LocalResponse {
        var response = LocalResponse(status: status, headers: baseHeaders, body: html.bytes)
        response.headers.add(name: "Content-Type", value: "text/html; charset=utf-8")
        return response
    }

    static func json(_ status: HTTPResponseStatus, _ value: JSONText) -> LocalResponse {
        var response = LocalResponse(status: status, headers: baseHeaders, body: value.bytes)
        response.headers.add(name: "Content-Type", value: "application/json")
        return response
    }

    /// A redirect.
    ///
    /// - Parameters:
    ///   - status: 302 for a challenge, 303 after a POST or a link.
    ///   - location: A path of this origin; it is never built from a header.
    /// - Returns: An answer without a body.
    static func redirect(_ status: HTTPResponseStatus, to location: String) -> LocalResponse {
        var response = LocalResponse(status: status, headers: baseHeaders)
        response.headers.add(name: "Location", value: location)
        return response
    }

    /// The same answer with one more header.
    func adding(_ name: String, _ value: String) -> LocalResponse {
        var copy = self
        copy.headers.add(name: name, value: value)
        return copy
    }
}
