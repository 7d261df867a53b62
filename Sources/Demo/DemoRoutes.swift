internal import NIOCore
internal import NIOHTTP1

/// Which responder answers which path.
enum DemoRoutes {
    static func responder(for head: HTTPRequestHead) -> any Responder {
        let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map(String.init) ?? "/"
        let query = Query(parts.count == 2 ? parts[1] : "")
        switch path {
        case "/": return page(DemoPage.html(for: head), "text/html; charset=utf-8")
        case "/demo.css": return page(DemoPage.style, "text/css; charset=utf-8")
        case "/demo.js": return page(DemoPage.script, "text/javascript; charset=utf-8")
        case "/ping": return WholeAnswer { $0.answer(text: "pong\n", ["cache-control": "no-store"]) }
        case "/whoami": return page(WhoAmI(head).json, "application/json")
        case "/events": return Ticker()
        case "/ws": return upgradeRequired
        case "/upload": return Upload()
        case "/download": return Download(byteCount: query.number("bytes") ?? Download.defaultByteCount)
        case "/slow": return DelayedAnswer(after: .milliseconds(delayMilliseconds(query)))
        case "/set-cookies": return severalCookies
        case _ where path.hasPrefix("/status/"): return status(path.dropFirst("/status/".count))
        default:
            return WholeAnswer { $0.answer(.notFound, text: "The demo app has no \(path).\n") }
        }
    }

    private static func page(_ text: String, _ type: String) -> WholeAnswer {
        WholeAnswer { exchange in
            let headers: HTTPHeaders = [
                "content-type": type, "cache-control": "no-store", "x-content-type-options": "nosniff",
                "content-security-policy":
                    "script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'",
            ]
            exchange.answer(.ok, headers, body: ByteBuffer(string: text))
        }
    }

    private static var upgradeRequired: WholeAnswer {
        WholeAnswer { exchange in
            exchange.answer(
                .upgradeRequired, text: "This is a WebSocket echo (RFC 6455).\n",
                ["upgrade": "websocket", "connection": "upgrade"])
        }
    }

    /// Three `Set-Cookie` lines that differ in everything a proxy might merge or rewrite.
    private static var severalCookies: WholeAnswer {
        WholeAnswer { exchange in
            let headers: HTTPHeaders = [
                "set-cookie": "first=1; Path=/",
                "Set-Cookie": "second=two words; Path=/; HttpOnly",
                "SET-COOKIE": "third=3; Path=/; Expires=Wed, 21 Oct 2037 07:28:00 GMT; SameSite=Lax",
            ]
            exchange.answer(text: "Three cookies, in three lines.\n", headers)
        }
    }

    private static func status(_ text: some StringProtocol) -> WholeAnswer {
        WholeAnswer { exchange in
            guard let code = Int(text), (200...599).contains(code) else {
                exchange.answer(.badRequest, text: "/status/ takes a number from 200 to 599.\n")
                return
            }
            let status = HTTPResponseStatus(statusCode: code)
            guard status.mayHaveResponseBody else {
                exchange.sendHead(status, [:])
                exchange.finish()
                return
            }
            exchange.answer(status, text: "\(code) \(status.reasonPhrase), as asked for.\n")
        }
    }

    private static func delayMilliseconds(_ query: Query) -> Int64 {
        min(query.number("ms") ?? (query.number("seconds") ?? 5) * 1000, 600_000)
    }
}

/// The numbers in a query string.
struct Query {
    private let pairs: [Substring]

    init(_ text: some StringProtocol) {
        self.pairs = Substring(text).split(separator: "&")
    }

    /// The value of `name` when it is a number from 0 to a million million.
    func number(_ name: String) -> Int64? {
        for pair in pairs where pair.hasPrefix("\(name)=") {
            guard let value = Int64(pair.dropFirst(name.utf8.count + 1)),
                (0...1_000_000_000_000).contains(value)
            else { return nil }
            return value
        }
        return nil
    }
}
