import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

// Heads as bytes, verdicts as words: what may reach the app, and how everything else is refused.

struct EdgeRequestGuardTests {
    private static let guardian = RequestGuard(authorities: ["app.example.com", "app.example.com:443"])

    /// `ok` and what was found out, or the refusal.
    static func verdict(_ text: String) -> String {
        verdict(bytes: Array(text.utf8))
    }

    static func verdict(bytes: [UInt8]) -> String {
        var scanner = HeadScanner()
        switch bytes.withUnsafeBytes({ scanner.scan($0) }) {
        case .incomplete: return "incomplete"
        case .bareLineFeed: return "400"
        case .complete(let length):
            do {
                let head = try HeadReader.request(
                    ByteBuffer(bytes: bytes.prefix(length)), limits: EdgeLimits())
                switch guardian.admit(head) {
                case .success(let admission): return word(admission)
                case .failure(let refusal): return "\(refusal.status.code)"
                }
            } catch {
                return "\(Refusal(error).status.code)"
            }
        }
    }

    private static func word(_ admission: Admission) -> String {
        let framing =
            switch admission.framing {
            case .none: "none"
            case .length(let count): "\(count)"
            case .chunked: "chunked"
            case .untilClose: "close"
            }
        let upgrade =
            switch admission.upgrade {
            case .none: ""
            case .webSocket: " websocket"
            case .other: " upgrade"
            }
        return "ok \(framing)" + (admission.isPersistent ? "" : " last")
            + (admission.expectsContinue ? " continue" : "") + upgrade
    }

    /// A POST with these fields, `|` for line ends.
    private func post(_ fields: String) -> String {
        Self.verdict("POST /x HTTP/1.1|Host: app.example.com|\(fields)||".replacing("|", with: "\r\n"))
    }

    @Test(arguments: [
        ("Content-Length: 5", "ok 5"), ("Content-Length: 0", "ok none"), ("content-LENGTH:5", "ok 5"),
        ("Content-Length:   5  ", "ok 5"), ("Content-Length:\t5\t", "ok 5"), ("X: y", "ok none"),
        ("Content-Length: 999999999999999999", "ok 999999999999999999"),
        ("Transfer-Encoding: chunked", "ok chunked"), ("Transfer-Encoding: CHUNKED", "ok chunked"),
        ("Content-Length: 5|Expect: 100-continue", "ok 5 continue"),
        ("Expect: 100-Continue", "ok none continue"),
        ("Connection: close", "ok none last"), ("Connection: keep-alive, X-Foo", "ok none"),
        ("Connection: CLOSE, te", "ok none last"), ("Connection: ,,close", "ok none last"),
        ("Upgrade: websocket", "ok none"), ("Upgrade: h2c|Connection: Upgrade, HTTP2-Settings", "ok none"),
        ("Upgrade: h2c, foo|Connection: Upgrade", "ok none"),
        ("Upgrade: foo/2|Connection: upgrade", "ok none upgrade"),
        ("X-Empty:", "ok none"), ("X-High: \u{e9}\u{4f60}", "ok none"), ("X-Content_Length: 5", "ok none"),
    ])
    func `plain requests pass`(fields: String, expected: String) {
        #expect(post(fields) == expected)
    }

    @Test(arguments: [
        "Content-Length: 5|Content-Length: 5", "Content-Length: 5|Content-Length: 6", "Content-Length: 5, 5",
        "Content-Length: +5", "Content-Length: -5", "Content-Length: 05", "Content-Length: 00",
        "Content-Length: 0x5",
        "Content-Length: 5 5", "Content-Length: 5;", "Content-Length: 5a", "Content-Length: 5.0",
        "Content-Length:",
        "Content-Length: \"5\"", "Content-Length: 1e3", "Content-Length: ٥",
        "Content-Length: 9999999999999999999",
        "Content-Length: 18446744073709551621", "Content-Length : 5", " Content-Length: 5",
        "X: y| Content-Length: 5",
        "X: y|\tContent-Length: 5", "X:|  folded", "Content-Length\u{b}: 5", "Content-Length\u{0}: 5",
        "Content-Length: 5|Transfer-Encoding: chunked", "Transfer-Encoding: chunked|Content-Length: 5",
        "Transfer-Encoding: chunked|Transfer-Encoding: chunked", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked, identity", "Transfer-Encoding: identity, chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: \u{b}chunked", "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: chunked;",
        "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: chunked,", "Transfer-Encoding: , chunked",
        "Transfer-Encoding:", "Transfer-Encoding: chunked chunked", "Transfer-Encoding : chunked",
        "Transfer-Encoding\u{b}: chunked", " Transfer-Encoding: chunked", "X: y| Transfer-Encoding: chunked",
        "Transfer_Encoding: chunked", "transfer.encoding: chunked", "Content_Length: 5", "CONTENT_LENGTH: 5",
        "Content.Length: 5", "Content-Length_: 5|Content_Length: 5", "Host_: x|Host: app.example.com",
        "Connection_: x|Connection: X-Forwarded-User", "Transfer-Encoding: chunked|Transfer_Encoding: x",
        "Connection: X-Forwarded-User", "Connection: x_forwarded_user", "Connection: X-Runegate-User",
        "Connection: Host",
        "Connection: close, X-Forwarded-For", "Connection: Content-Length", "Connection: Cookie",
        "Connection: X-Real-IP",
        "Connection: Transfer-Encoding", "Connection: Forwarded", "Connection: x.forwarded.email",
        "Connection: keep-alive|Connection: X-Forwarded-Host", "Connection: a b", "Connection: \"close\"",
        "Connection: Sec-WebSocket-Key", "Connection: Origin",
        "Host: app.example.com", "Host: other.example", "host: app.example.com", "NoColon", ": empty",
        "A B: c",
        "A(B): c", "A\u{0}: c", "A: \u{0}", "A: b\u{7f}", "A: \u{1b}[0m", "A: b\u{8}", "Ä: b", "A:b\rc",
        "A: b\rX: c",
        "Upgrade: websocket|Connection: upgrade", "Upgrade: foo|Connection: upgrade|Content-Length: 5",
        "Upgrade: foo|Connection: upgrade|Transfer-Encoding: chunked",
    ])
    func `what could be read in two ways is refused`(fields: String) {
        #expect(post(fields) == "400")
    }

    @Test(arguments: [
        ("Transfer-Encoding: gzip", "501"), ("Transfer-Encoding: xchunked", "501"),
        ("Transfer-Encoding: identity", "501"),
        ("Transfer-Encoding: chunke", "501"), ("Transfer-Encoding: chunkedx", "501"),
        ("Expect: 200-ok", "417"),
        ("Expect: 100-continue, x", "417"), ("Expect:", "417"), ("Expect: 100-continue|Expect: x", "417"),
    ])
    func `what we do not speak is said so`(fields: String, expected: String) {
        #expect(post(fields) == expected)
    }

    @Test(arguments: [
        ("GET / HTTP/1.1", "ok none"), ("GET / HTTP/1.0", "ok none last"), ("get / HTTP/1.1", "ok none"),
        ("PROPFIND /a HTTP/1.1", "ok none"), ("M-SEARCH /a HTTP/1.1", "ok none"),
        ("GET /?q=/.runegate/ HTTP/1.1", "ok none"),
        ("GET /a%2Fb;c//d\\e?x HTTP/1.1", "ok none"), ("GET /\u{e9} HTTP/1.1", "400"),
        ("GET http://app.example.com/x HTTP/1.1", "ok none"),
        ("GET HTTPS://APP.example.com/x HTTP/1.1", "ok none"),
        ("GET /.runegate/login HTTP/1.1", "ok none"),
        ("OPTIONS * HTTP/1.1", "400"), ("GET * HTTP/1.1", "400"), ("GET x HTTP/1.1", "400"),
        ("GET ?x HTTP/1.1", "400"),
        ("GET  / HTTP/1.1", "400"), ("GET /  HTTP/1.1", "400"), ("GET / HTTP/1.1 ", "400"),
        (" GET / HTTP/1.1", "400"),
        ("GET\t/ HTTP/1.1", "400"), ("GET / HTTP/1.1\t", "400"), ("GET /a b HTTP/1.1", "400"),
        ("GET /\u{0} HTTP/1.1", "400"),
        ("GET /#x HTTP/1.1", "400"), ("GET /a#/../b HTTP/1.1", "400"), ("GET /\u{7f} HTTP/1.1", "400"),
        ("GET /\u{b}", "400"),
        ("GET /", "400"), ("GET", "400"), ("", "400"), ("GET / HTTP/1", "400"), ("GET / HTTP/1.1.1", "400"),
        ("GET / http/1.1", "400"), ("GET / HTTPS/1.1", "400"), ("GET / HTTP/ 1.1", "400"),
        ("GET / HTTP/1,1", "400"),
        ("GET / HTTP/01.1", "400"), ("GET / HTTP/1.01", "400"), ("GET / HTTP/0.9", "505"),
        ("GET / HTTP/1.2", "505"),
        ("GET / HTTP/2.0", "505"), ("PRI * HTTP/2.0", "505"), ("G\u{0}T / HTTP/1.1", "400"),
        ("G@T / HTTP/1.1", "400"),
        ("GÉT / HTTP/1.1", "400"), (String(repeating: "A", count: 33) + " / HTTP/1.1", "400"),
        ("CONNECT app.example.com:443 HTTP/1.1", "400"), ("CONNECT / HTTP/1.1", "405"),
        ("TRACE / HTTP/1.1", "405"),
        ("GET http://evil.example/x HTTP/1.1", "400"), ("GET http://app.example.com HTTP/1.1", "400"),
        ("GET http://app.example.com:80/x HTTP/1.1", "400"),
        ("GET http://u@app.example.com/x HTTP/1.1", "400"),
        ("GET http:///x HTTP/1.1", "400"), ("GET ftp://app.example.com/x HTTP/1.1", "400"),
        ("GET //app.example.com/x HTTP/1.1", "ok none"),
        ("GET http://app.example.com?/x HTTP/1.1", "400"), ("GET http:/x HTTP/1.1", "400"),
        ("GET HTTP/1.1", "400"),
        ("GET http://app.example.com/.runegate//x HTTP/1.1", "400"), ("GET /%2e%72unegate/ HTTP/1.1", "400"),
        ("GET /x/..;/.runegate/login HTTP/1.1", "400"), ("GET /.runegate/../x HTTP/1.1", "400"),
        ("GET /" + String(repeating: "a", count: 8191) + " HTTP/1.1", "ok none"),
        ("GET /" + String(repeating: "a", count: 8192) + " HTTP/1.1", "414"),
    ])
    func `request lines`(line: String, expected: String) {
        #expect(Self.verdict("\(line)\r\nHost: app.example.com\r\n\r\n") == expected)
    }

    @Test(arguments: [
        ("app.example.com", "ok none"), ("APP.Example.Com", "ok none"), ("app.example.com:443", "ok none"),
        ("app.example.com:80", "421"), ("app.example.com:", "421"), ("app.example.com.", "421"),
        ("example.com", "421"),
        ("x.app.example.com", "421"), ("app.example.com.evil.example", "421"),
        ("app.example.com@evil.example", "421"),
        ("", "421"), ("127.0.0.1", "421"), ("app.example.com, evil.example", "421"),
        ("app.example.com evil", "421"),
        ("app.example.com#", "421"), ("http://app.example.com", "421"), ("app.example.com/", "421"),
    ])
    func `the host must be ours`(host: String, expected: String) {
        #expect(Self.verdict("GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n") == expected)
    }

    @Test func `a host is needed, once`() {
        #expect(Self.verdict("GET / HTTP/1.1\r\n\r\n") == "400")
        #expect(Self.verdict("GET / HTTP/1.0\r\n\r\n") == "400")
        #expect(
            Self.verdict("GET / HTTP/1.1\r\nHost: app.example.com\r\nhost: app.example.com\r\n\r\n") == "400")
        #expect(Self.verdict("GET / HTTP/1.1\r\nHost : app.example.com\r\n\r\n") == "400")
    }

    @Test(arguments: ["203.0.113.1", "anything", "app.example.com"])
    func `health answers to any name`(host: String) {
        #expect(Self.verdict("GET /.runegate/health HTTP/1.1\r\nHost: \(host)\r\n\r\n") == "ok none")
        #expect(Self.verdict("GET /.runegate/health HTTP/1.0\r\n\r\n") == "ok none last")
        #expect(Self.verdict("GET /.runegate/health2 HTTP/1.1\r\nHost: nobody\r\n\r\n") == "421")
    }

    @Test(arguments: [
        "GET / HTTP/1.1\nHost: app.example.com\n\n", "GET / HTTP/1.1\r\nHost: app.example.com\n\r\n",
        "GET / HTTP/1.1\r\nHost: app.example.com\r\nA: b\n\r\n",
        "\nGET / HTTP/1.1\r\nHost: app.example.com\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: app.example.com\r\n\n",
    ])
    func `a line that ends with LF alone is refused at once`(text: String) {
        #expect(Self.verdict(text) == "400")
    }

    @Test func `HTTP 1.0 knows no chunks and stays only when asked`() {
        let head = "POST / HTTP/1.0\r\nHost: app.example.com\r\n"
        #expect(Self.verdict(head + "Transfer-Encoding: chunked\r\n\r\n") == "400")
        #expect(Self.verdict(head + "Connection: keep-alive\r\n\r\n") == "ok none")
        #expect(Self.verdict(head + "Connection: keep-alive, close\r\n\r\n") == "ok none last")
        #expect(Self.verdict(head + "Expect: 100-continue\r\n\r\n") == "ok none last")
        #expect(Self.verdict(head + "Upgrade: websocket\r\nConnection: upgrade\r\n\r\n") == "ok none last")
    }

    @Test func `a hundred fields and no more`() {
        let field = "A: b\r\n"
        let head = "GET / HTTP/1.1\r\nHost: app.example.com\r\n"
        #expect(Self.verdict(head + String(repeating: field, count: 99) + "\r\n") == "ok none")
        #expect(Self.verdict(head + String(repeating: field, count: 100) + "\r\n") == "431")
    }

    @Test(arguments: [
        ("", "ok none websocket"), ("|X: y", "ok none websocket"), ("|Sec-WebSocket-Version: 13", "400"),
        ("|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "400"), ("|Content-Length: 1", "400"),
        ("|Transfer-Encoding: chunked", "400"), ("|Upgrade: foo", "400"), ("|Sec_WebSocket_Key: x", "400"),
    ])
    func `a WebSocket handshake is whole and single`(extra: String, expected: String) {
        let head =
            "GET /ws HTTP/1.1|Host: app.example.com|Upgrade: WebSocket|Connection: keep-alive, Upgrade"
            + "|Sec-WebSocket-Version: 13|Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\(extra)||"
        #expect(Self.verdict(head.replacing("|", with: "\r\n")) == expected)
    }

    @Test(arguments: [
        "POST|13|dGhlIHNhbXBsZSBub25jZQ==", "GET|12|dGhlIHNhbXBsZSBub25jZQ==",
        "GET||dGhlIHNhbXBsZSBub25jZQ==",
        "GET|13|", "GET|13|short==", "GET|13|dGhlIHNhbXBsZSBub25jZQ=A", "GET|13|dGhlIHNhbXBsZSBub25j!Q==",
        "HEAD|13|dGhlIHNhbXBsZSBub25jZQ==", "GET|13, 8|dGhlIHNhbXBsZSBub25jZQ==",
    ])
    func `half a handshake is refused`(parts: String) {
        let words = parts.split(separator: "|", omittingEmptySubsequences: false)
        let head =
            "\(words[0]) /ws HTTP/1.1\r\nHost: app.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: \(words[1])\r\nSec-WebSocket-Key: \(words[2])\r\n\r\n"
        #expect(Self.verdict(head) == "400")
    }
}
