import Cryptography
import Foundation
import GateModel
import NIOCore
import Testing

@testable import Demo

/// The demo app over real connections on loopback.
@Suite(.timeLimit(.minutes(1)))
struct DemoAppTests {
    private func withApp(_ body: (Int) async throws -> Void) async throws {
        let app = try await DemoApp.start(on: ListenAddress("127.0.0.1:0"))
        let port = try #require(app.endpoint?.port)
        do {
            try await body(port)
        } catch {
            await app.stop()
            throw error
        }
        await app.stop()
    }

    /// One request on a connection of its own; the whole answer as text.
    private func ask(_ port: Int, _ request: String, headers: [String] = [], body: String = "") async throws
        -> String
    {
        let connection = try await RawConnection.open(port: port)
        let lines = ["\(request) HTTP/1.1", "Host: demo", "Connection: close"] + headers
        try await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
        let answer = await connection.rest()
        await connection.close()
        return answer
    }

    @Test func `the page escapes the visitor that the gateway names`() async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET /", headers: ["X-Runegate-User: <b>\"ann\"@example.com"])
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(answer.contains("&lt;b&gt;&quot;ann&quot;@example.com"))
            #expect(!answer.contains("<b>"))
        }
    }

    @Test func `the page without a gateway knows nobody`() async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET /")
            #expect(answer.contains("Nobody in particular"))
        }
    }

    @Test(arguments: [("/demo.css", "text/css"), ("/demo.js", "text/javascript")])
    func `the page's files are there`(path: String, type: String) async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET \(path)")
            #expect(answer.contains("content-type: \(type); charset=utf-8\r\n"))
        }
    }

    @Test func `whoami repeats every header and cookie in order`() async throws {
        try await withApp { port in
            let answer = try await ask(
                port, "GET /whoami?x=1",
                headers: [
                    "X-Twice: one", "x-twice: two", "Cookie: a=1; b=x=y", "X-Runegate-Authenticated: true",
                    "X-Forwarded-Email: ann@example.com",
                ])
            let body = try #require(answer.components(separatedBy: "\r\n\r\n").last)
            let seen = try JSONDecoder().decode(Seen.self, from: Data(body.utf8))
            #expect(seen.target == "/whoami?x=1")
            #expect(seen.identity == ["authenticated": "true", "forwardedEmail": "ann@example.com"])
            #expect(seen.headers.filter { $0.name.lowercased() == "x-twice" }.map(\.value) == ["one", "two"])
            #expect(seen.cookies.map(\.name) == ["a", "b"])
            #expect(seen.cookies.map(\.value) == ["1", "x=y"])
        }
    }

    @Test func `events tick`() async throws {
        try await withApp { port in
            let connection = try await RawConnection.open(port: port)
            try await connection.send("GET /events HTTP/1.1\r\nHost: demo\r\n\r\n")
            let head = await connection.text(through: "\r\n\r\n")
            #expect(head.contains("content-type: text/event-stream\r\n"))
            #expect(await connection.text(through: "\"tick\": 1,").contains("id: 1\ndata: {"))
            #expect(await connection.text(through: "\"tick\": 2,").contains("id: 2\ndata: {"))
            await connection.close()
        }
    }

    @Test func `an upload is counted and hashed`() async throws {
        try await withApp { port in
            let body = String(repeating: "runegate", count: 20_000)
            let answer = try await ask(
                port, "POST /upload", headers: ["Content-Length: \(body.utf8.count)"], body: body)
            #expect(answer.contains("\"bytes\": 160000"))
            #expect(answer.contains(Hex.encode(SHA256.hash(body.utf8))))
        }
    }

    @Test func `a client that waits for 100 Continue gets it before its body`() async throws {
        try await withApp { port in
            let connection = try await RawConnection.open(port: port)
            try await connection.send(
                "PUT /upload HTTP/1.1\r\nHost: demo\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
            #expect(await connection.text(through: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("abc")
            #expect(await connection.text(through: "}").contains("\"bytes\": 3"))
            await connection.close()
        }
    }

    @Test func `a chunked upload is counted without its framing`() async throws {
        try await withApp { port in
            let answer = try await ask(
                port, "POST /upload", headers: ["Transfer-Encoding: chunked"],
                body: "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            #expect(answer.contains("\"bytes\": 5"))
        }
    }

    @Test(arguments: [0, 1, 65_536, 65_537, 1_000_000])
    func `a download has the size and the bytes it promises`(count: Int) async throws {
        try await withApp { port in
            let connection = try await RawConnection.open(port: port)
            try await connection.send("GET /download?bytes=\(count) HTTP/1.1\r\nHost: demo\r\n\r\n")
            #expect(await connection.text(through: "\r\n\r\n").contains("content-length: \(count)\r\n"))
            let body = await connection.bytes(count)
            let expected = (0..<count).map {
                UInt8(truncatingIfNeeded: 7 * ($0 % 65_536) + ($0 % 65_536) / 256)
            }
            #expect(body == expected)
            // The connection goes on with the next request.
            try await connection.send("HEAD /download HTTP/1.1\r\nHost: demo\r\n\r\n")
            #expect(await connection.text(through: "\r\n\r\n").contains("content-length: 1000000000\r\n"))
            await connection.close()
        }
    }

    @Test func `three cookies arrive in three lines`() async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET /set-cookies").lowercased()
            #expect(answer.components(separatedBy: "\r\nset-cookie: ").count == 4)
        }
    }

    @Test(arguments: [
        ("200", "200 OK"), ("418", "418 I'm a teapot"), ("204", "204 No Content"), ("99", "400 Bad Request"),
    ])
    func `any status can be had`(asked: String, line: String) async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET /status/\(asked)")
            #expect(answer.hasPrefix("HTTP/1.1 \(line)\r\n"))
        }
    }

    @Test func `a slow answer comes`() async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET /slow?ms=20")
            #expect(answer.hasSuffix("Here after 20 ms.\n"))
        }
    }

    @Test func `what is not there is not found, and an echo without upgrade says so`() async throws {
        try await withApp { port in
            let answer = try await ask(port, "GET /nothing")
            #expect(answer.hasPrefix("HTTP/1.1 404 "))
            let echo = try await ask(port, "GET /ws")
            #expect(echo.hasPrefix("HTTP/1.1 426 "))
        }
    }

    @Test func `the WebSocket sends back what it gets and answers ping and close`() async throws {
        try await withApp { port in
            let connection = try await RawConnection.open(port: port)
            try await connection.send(
                """
                GET /ws HTTP/1.1\r
                Host: demo\r
                Connection: Upgrade\r
                Upgrade: websocket\r
                Sec-WebSocket-Version: 13\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Protocol: one, two\r
                \r\n
                """)
            let head = await connection.text(through: "\r\n\r\n").lowercased()
            #expect(head.hasPrefix("http/1.1 101 "))
            // The answer to the sample key of RFC 6455 §1.3.
            #expect(head.contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="))
            #expect(head.contains("sec-websocket-protocol: one\r\n"))
            // The masked "Hello" of RFC 6455 §5.7, a ping with "!", a close with status 1000; mask 0 leaves as is.
            try await connection.send(
                ByteBuffer(bytes: [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]))
            #expect(await connection.bytes(7) == [0x81, 5] + Array("Hello".utf8))
            try await connection.send(ByteBuffer(bytes: [0x89, 0x81, 0, 0, 0, 0, 0x21]))
            #expect(await connection.bytes(3) == [0x8a, 1, 0x21])
            try await connection.send(ByteBuffer(bytes: [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]))
            #expect(await connection.bytes(4) == [0x88, 2, 0x03, 0xe8])
            #expect(await connection.rest().isEmpty)
            await connection.close()
        }
    }
}

private struct Seen: Decodable {
    struct Pair: Decodable {
        let name: String
        let value: String
    }

    let target: String
    let identity: [String: String]
    let headers: [Pair]
    let cookies: [Pair]
}
