import NIOCore
import NIOHTTP1

// Puts an answer of our own on the wire.

enum LocalResponseWriter {
    /// Writes the whole answer; `head` is the request, nil when it could not be read.
    static func write(
        _ response: LocalResponse, to head: RequestHead?, isPersistent: Bool, into buffer: inout ByteBuffer
    ) {
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeString("\(response.status.code) \(response.status.reasonPhrase)\r\n")
        for (name, value) in response.headers {
            // A line break in a value would begin another field; a page of ours that lets one in is wrong, but
            // must not split the answer.
            guard value.utf8.allSatisfy(ByteClass.fieldValue.contains) else { continue }
            buffer.writeString("\(name): \(value)\r\n")
        }
        buffer.writeString("Date: \(HTTPDate.now())\r\n")
        let mayHaveBody = response.status != .noContent && response.status != .notModified
        if mayHaveBody { buffer.writeString("Content-Length: \(response.body.count)\r\n") }
        ResponseRewriter.writeConnection(isPersistent: isPersistent, to: head, into: &buffer)
        buffer.writeStaticString("\r\n")
        if mayHaveBody, head?.method != .head { buffer.writeBytes(response.body) }
    }
}

extension HTTPHeaders {
    /// Whether a person looks at the answer.
    var wantsHTML: Bool { wantsPage(self) }
}

extension Refusal {
    /// The page that says so; nil where a bare status must do.
    var page: FailureKind? {
        switch self {
        case .badRequest: .badRequest
        case .misdirected: .misdirected
        case .targetTooLong: .targetTooLong
        case .headTooLarge: .headersTooLarge
        case .notImplemented: .notImplemented
        case .foreignOrigin: .forbidden
        case .versionNotSupported, .expectationFailed, .methodNotAllowed: nil
        }
    }

    var status: HTTPResponseStatus {
        switch self {
        case .badRequest: .badRequest
        case .misdirected: .misdirectedRequest
        case .targetTooLong: .uriTooLong
        case .headTooLarge: .requestHeaderFieldsTooLarge
        case .notImplemented: .notImplemented
        case .foreignOrigin: .forbidden
        case .versionNotSupported: .httpVersionNotSupported
        case .expectationFailed: .expectationFailed
        case .methodNotAllowed: .methodNotAllowed
        }
    }

    /// The rule that was broken, for the log.
    var reason: String {
        switch self {
        case .badRequest(let text): text.text
        case .misdirected: "another host"
        case .targetTooLong: "the target is too long"
        case .headTooLarge: "the head is too large"
        case .notImplemented: "an unknown transfer coding"
        case .foreignOrigin: "a foreign origin asks for an upgrade"
        case .versionNotSupported: "neither HTTP/1.0 nor HTTP/1.1"
        case .expectationFailed: "an unknown expectation"
        case .methodNotAllowed: "CONNECT or TRACE"
        }
    }
}
