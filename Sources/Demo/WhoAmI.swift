internal import Foundation
internal import NIOHTTP1

/// What the app was told about a request: who asks, and every header exactly as it arrived.
struct WhoAmI: Encodable {
    struct Header: Encodable {
        let name: String
        let value: String
    }

    /// What the gateway says about the visitor; nil when no gateway is in front.
    struct Identity: Encodable {
        let authenticated: String?
        let user: String?
        let forwardedUser: String?
        let forwardedEmail: String?
    }

    let method: String
    let target: String
    let identity: Identity
    /// In the order of arrival, repeated ones too.
    let headers: [Header]
    /// The name and value of each cookie, in the order of arrival.
    let cookies: [Header]

    init(_ head: HTTPRequestHead) {
        self.method = head.method.rawValue
        self.target = head.uri
        self.identity = Identity(
            authenticated: head.headers.first(name: "x-runegate-authenticated"),
            user: head.headers.first(name: "x-runegate-user"),
            forwardedUser: head.headers.first(name: "x-forwarded-user"),
            forwardedEmail: head.headers.first(name: "x-forwarded-email"))
        self.headers = head.headers.map { Header(name: $0.name, value: $0.value) }
        self.cookies = head.headers["cookie"].flatMap { $0.split(separator: ";") }.map { pair in
            let parts = pair.drop { $0 == " " }.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return Header(name: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "")
        }
    }

    /// The whole as JSON with a final newline.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and arrays of strings cannot fail to encode.
        guard let data = try? encoder.encode(self) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
