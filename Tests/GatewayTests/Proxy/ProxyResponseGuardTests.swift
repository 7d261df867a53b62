import NIOCore
import Testing

@testable import Gateway

// How the end of the app's answer is found, and what is no answer.

struct ProxyResponseGuardTests {
    private func framing(_ text: String, head: Bool = false, upgrade: Bool = false) -> String {
        let bytes = ByteBuffer(string: text.replacing("|", with: "\r\n") + "\r\n\r\n")
        guard let response = try? HeadReader.response(bytes, limits: EdgeLimits()) else { return "garbled" }
        switch ResponseGuard.framing(response, isAnswerToHead: head, mayUpgrade: upgrade) {
        case .failure(let refusal): return "\(refusal)"
        case .success(.none): return "none"
        case .success(.length(let count)): return "\(count)"
        case .success(.chunked): return "chunked"
        case .success(.untilClose): return "close"
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK|Content-Length: 3", "3"), ("HTTP/1.1 200|Content-Length: 0", "none"),
        ("HTTP/1.1 200 |Content-Length: 3", "3"), ("HTTP/1.0 200 OK", "close"), ("HTTP/1.1 200 OK", "close"),
        ("HTTP/1.1 200 OK|Transfer-Encoding: chunked", "chunked"), ("HTTP/1.1 204 No Content", "none"),
        ("HTTP/1.1 304 Not Modified|Content-Length: 9", "none"), ("HTTP/1.1 100 Continue", "none"),
        ("HTTP/1.1 103 Early Hints|Link: x", "none"), ("HTTP/1.1 999 Odd", "close"),
    ])
    func `the end of an answer`(text: String, expected: String) {
        #expect(framing(text) == expected)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK|Content-Length: 3|Content-Length: 3", "HTTP/1.1 200 OK|Content-Length: 3, 3",
        "HTTP/1.1 200 OK|Content-Length: x", "HTTP/1.1 200 OK|Content-Length: 3|Transfer-Encoding: chunked",
        "HTTP/1.1 200 OK|Transfer-Encoding: gzip, chunked", "HTTP/1.1 200 OK|Transfer-Encoding: gzip",
        "HTTP/1.0 200 OK|Transfer-Encoding: chunked",
        "HTTP/1.1 200 OK|Transfer-Encoding: chunked|Transfer-Encoding: chunked",
        "HTTP/1.1 204 x|Content-Length: 1|Transfer-Encoding: chunked",
    ])
    func `an ambiguous end is refused`(text: String) {
        #expect(framing(text) == "ambiguousFraming")
    }

    @Test(arguments: [
        "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK", "HTTP/1.1  200 OK", "HTTP/2.0 200 OK",
        "HTTP/1.2 200 OK",
        "HTTPS/1.1 200 OK", "200 OK", "HTTP/1.1 200 O\u{0}K", "HTTP/1.1 200 OK|A b: c",
        "HTTP/1.1 200 OK|A: b| folded",
        "HTTP/1.1 200 OK|: x", "HTTP/1.1 200OK", "HTTP/1.1 2x0 OK", "HTTP/1.1 200 OK|A: b\rSet-Cookie: c",
    ])
    func `what is no answer is refused`(text: String) {
        #expect(framing(text) == "garbled")
    }

    @Test func `HEAD has no body and 101 must be asked for`() {
        #expect(framing("HTTP/1.1 200 OK|Content-Length: 3", head: true) == "none")
        #expect(framing("HTTP/1.1 200 OK|Transfer-Encoding: chunked", head: true) == "none")
        #expect(framing("HTTP/1.1 101 Switching Protocols") == "unaskedUpgrade")
        #expect(framing("HTTP/1.1 101 Switching Protocols", upgrade: true) == "none")
    }
}
