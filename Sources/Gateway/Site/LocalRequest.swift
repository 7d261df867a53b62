package import Identity
package import NIOHTTP1

// What the edge hands to the site, and what the site hands back: one whole request, one whole response.

/// A request for one of Runegate's own pages, its body already collected.
package struct LocalRequest: Sendable {
    package var method: HTTPMethod
    /// The raw path, as it stands before the `?`.
    package var path: String
    /// The raw query, without the `?`; nil when there is no `?`.
    package var query: String?
    package var headers: HTTPHeaders
    /// At most ``Site/maximumBodyBytes``; the edge answers 413 above.
    package var body: [UInt8]
    /// Who asks: the address limits count, and the browser's name for the confirm page.
    package var client: Client
    /// The live session that the request's cookie names.
    package var session: Session?

    package init(
        method: HTTPMethod, path: String, query: String? = nil, headers: HTTPHeaders = [:],
        body: [UInt8] = [],
        client: Client, session: Session? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.client = client
        self.session = session
    }
}

/// A whole answer.
///
/// The edge adds `Content-Length`, `Date` and `Connection`, and leaves the body out for HEAD.
package struct LocalResponse: Sendable {
    package var status: HTTPResponseStatus
    package var headers: HTTPHeaders
    package var body: [UInt8]

    package init(status: HTTPResponseStatus, headers: HTTPHeaders = [:], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
