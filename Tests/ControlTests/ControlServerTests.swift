import Foundation
import GateModel
import Glibc
import Mail
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import Control

/// The control door over real Unix sockets.
@Suite(.timeLimit(.minutes(1)))
struct ControlServerTests {
    private func withServer(_ body: (String, OwnerFixture) async throws -> Void) async throws {
        try await withTemporaryDirectory { directory in
            let fixture = OwnerFixture()
            let path = "\(directory)/control.sock"
            let server = try await ControlServer.bind(
                .path(path), actions: fixture.actions, metrics: MetricsRegistry(),
                brand: OwnerPageBrand(name: "Ann's <box>", color: "#3d4fb8"),
                group: MultiThreadedEventLoopGroup.singleton)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                try await body(path, fixture)
                group.cancelAll()
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }

    private func get(_ path: String, _ socket: String, _ headers: HTTPHeaders = [:]) async throws -> (
        Int, String
    ) {
        let answer = try await UnixHTTPRequest(method: .GET, path: path, headers: headers)
            .send(to: socket, within: .seconds(20))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    private func post(
        _ path: String, _ body: String, _ socket: String, _ headers: HTTPHeaders = [:]
    ) async throws -> (Int, String) {
        let answer = try await UnixHTTPRequest(
            method: .POST, path: path, body: Array(body.utf8), headers: headers
        )
        .send(to: socket, within: .seconds(20))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// The status of an answer, or nil when there was none.
    private func status(_ answer: () async throws -> (Int, String)) async -> Int? {
        try? await answer().0
    }

    @Test func `the socket is for its user and group`() async throws {
        try await withServer { socket, _ in
            let attributes = try FileManager.default.attributesOfItem(atPath: socket)
            #expect(attributes[.posixPermissions] as? Int == 0o660)
        }
    }

    @Test func `sessions have stable keys`() async throws {
        try await withServer { socket, _ in
            let (status, body) = try await get("/v1/sessions", socket)
            #expect(status == 200)
            #expect(
                body == """
                    {
                      "sessions" : [
                        {
                          "address" : "192.0.2.7",
                          "begun_unix_seconds" : 1790000000,
                          "email" : "ann@example.com",
                          "expires_in_seconds" : 86400,
                          "id" : "0123456789abcdef",
                          "idle_seconds" : 65,
                          "user_agent" : "<script>alert(1)</script>"
                        }
                      ]
                    }

                    """)
        }
    }

    @Test func `the status has stable keys`() async throws {
        try await withServer { socket, _ in
            let (status, body) = try await get("/v1/status", socket)
            #expect(status == 200)
            for key in [
                "base_url", "environment", "mail", "paths", "session_count", "uptime_seconds", "version",
                "is_current", "is_simulated", "endpoint", "name", "transport", "waiting", "problem",
            ] {
                #expect(body.contains("\"\(key)\" : "), "\(key)")
            }
        }
    }

    @Test func `a session or a user is revoked, and nobody is not found`() async throws {
        try await withServer { socket, fixture in
            let one = try await post("/v1/sessions/revoke", #"{"id": "0123456789abcdef"}"#, socket)
            #expect(one.0 == 200 && one.1.contains("\"ended\" : 1"))
            let all = try await post("/v1/sessions/revoke", #"{"user": "Ann@example.com"}"#, socket)
            #expect(all.0 == 200 && all.1.contains("\"ended\" : 2"))
            let none = try await post("/v1/sessions/revoke", #"{"id": "ffffffff"}"#, socket)
            #expect(none.0 == 404 && none.1.contains("\"ended\" : 0"))
            #expect(
                fixture.log == ["revoke 0123456789abcdef", "revoke user ann@example.com", "revoke ffffffff"])
        }
    }

    @Test(arguments: [
        ("/v1/sessions/revoke", "{}"), ("/v1/sessions/revoke", #"{"id": "a", "user": "a@example.com"}"#),
        ("/v1/sessions/revoke", #"{"user": "nobody"}"#), ("/v1/login-link", "not JSON"),
        ("/v1/login-link", #"{"email": 7}"#), ("/v1/mail/test", #"{"recipient": "x"}"#),
        ("/v1/mail/test", ""),
    ])
    func `malformed input is refused with words`(path: String, body: String) async throws {
        try await withServer { socket, fixture in
            let (status, answer) = try await post(path, body, socket)
            #expect(status == 400)
            #expect(answer.contains("\"code\" : \"input\"") && answer.contains("\"remedy\" : "))
            #expect(fixture.log.isEmpty)
        }
    }

    @Test(arguments: [("live", true), ("spent", false)])
    func `a link's token can be asked about without using it up`(token: String, counts: Bool) async throws {
        try await withServer { socket, _ in
            let client = ControlClient(sockets: [socket], limit: .seconds(20))
            let answer = try await client.linkCounts(token)
            #expect(answer == counts)
        }
    }

    @Test func `a fault comes with its code and its remedy`() async throws {
        try await withServer { socket, _ in
            let (status, body) = try await post("/v1/sessions/revoke", #"{"id": "broken"}"#, socket)
            #expect(status == 422)
            #expect(body.contains("\"code\" : \"database-unwritable\""))
            #expect(body.contains("\"error\" : \"it is full\""))
            #expect(body.contains("\"remedy\" : \"Free some space\""))
        }
    }

    @Test func `what is not there, or asked for wrongly, is said`() async throws {
        try await withServer { socket, fixture in
            #expect(await status { try await get("/v1/nothing", socket) } == 404)
            #expect(await status { try await get("/v1/login-link", socket) } == 405)
            #expect(await status { try await post("/v1/sessions", "{}", socket) } == 405)
            let form: HTTPHeaders = ["content-type": "application/x-www-form-urlencoded"]
            #expect(
                await status { try await post("/v1/login-link", "email=a%40example.com", socket, form) }
                    == 415)
            #expect(
                await status {
                    try await post("/v1/login-link", String(repeating: " ", count: 20_000), socket)
                } == 413)
            #expect(fixture.log.isEmpty)
        }
    }

    @Test func `foreign pages and names are kept out`() async throws {
        try await withServer { socket, fixture in
            let body = #"{"email": "ann@example.com"}"#
            #expect(
                await status { try await post("/v1/login-link", body, socket, ["host": "evil.example.com"]) }
                    == 421)
            #expect(
                await status {
                    try await post("/v1/login-link", body, socket, ["origin": "https://evil.example.com"])
                } == 403)
            #expect(fixture.log.isEmpty)
            let own: HTTPHeaders = ["host": "localhost:7871", "origin": "http://localhost:7871"]
            #expect(await status { try await post("/v1/login-link", body, socket, own) } == 200)
        }
    }

    @Test func `the page escapes what visitors sent and loads nothing foreign`() async throws {
        try await withServer { socket, _ in
            let answer = try await UnixHTTPRequest(method: .GET, path: "/").send(
                to: socket, within: .seconds(20))
            let page = String(decoding: answer.body, as: UTF8.self)
            #expect(answer.status == 200)
            #expect(page.contains("Ann&#39;s &lt;box&gt;"))
            #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
            #expect(!page.contains("<script"))
            #expect(page.contains("bob@example.com"))
            #expect(page.contains("2 mails are waiting.") && page.contains("it rains"))
            #expect(page.contains("wireguard (simulated)"))
            let policy = answer.headers.first(name: "content-security-policy") ?? ""
            #expect(policy.hasPrefix("default-src 'none'; style-src 'self';"))
            #expect(try await get("/owner.css", socket).1.contains("--accent:#3d4fb8"))
        }
    }

    @Test func `the page's button signs out and comes back`() async throws {
        try await withServer { socket, fixture in
            let form: HTTPHeaders = [
                "content-type": "application/x-www-form-urlencoded", "origin": "http://localhost",
            ]
            #expect(await status { try await post("/revoke", "id=0123456789abcdef", socket, form) } == 303)
            #expect(await status { try await post("/revoke", "x=1", socket, form) } == 400)
            #expect(fixture.log == ["revoke 0123456789abcdef"])
        }
    }

    @Test func `metrics tell of sessions and of the process`() async throws {
        try await withServer { socket, _ in
            let (status, text) = try await get("/metrics", socket)
            #expect(status == 200)
            #expect(text.contains("runegate_sessions 1\n"))
            let resident = text.split(separator: "\n").first {
                $0.hasPrefix("process_resident_memory_bytes ")
            }
            let bytes = try #require(resident?.split(separator: " ").last.flatMap { Int($0) })
            #expect(bytes > 1_000_000)
        }
    }

    @Test func `the peer is known by its credentials`() async throws {
        try await withServer { socket, _ in
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socket).get()
            let peer = await ControlConnection.peer(of: channel)
            #expect(peer == PeerCredentials(processID: getpid(), userID: getuid(), groupID: getgid()))
            try await channel.close()
        }
    }

    @Test func `the metrics listener has only metrics, whatever the host`() async throws {
        try await withTemporaryDirectory { directory in
            let server = try await ControlServer.bindMetrics(
                ListenAddress("unix:\(directory)/metrics.sock"), actions: OwnerFixture().actions,
                metrics: MetricsRegistry(), group: MultiThreadedEventLoopGroup.singleton)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                let socket = "\(directory)/metrics.sock"
                let metrics = try await get("/metrics", socket, ["host": "10.0.0.1:9100"])
                #expect(metrics.0 == 200 && metrics.1.contains("runegate_sessions 1\n"))
                let sessions = try await get("/v1/sessions", socket)
                #expect(sessions.0 == 404)
                group.cancelAll()
            }
        }
    }

    @Test func `a server that never runs leaves nothing behind, and whoever came is not kept waiting`()
        async throws
    {
        try await withTemporaryDirectory { directory in
            let socket = "\(directory)/control.sock"
            var server: ControlServer? = try await ControlServer.bind(
                .path(socket), actions: OwnerFixture().actions, metrics: MetricsRegistry(),
                brand: OwnerPageBrand(name: "Runegate", color: "#3d4fb8"),
                group: MultiThreadedEventLoopGroup.singleton)
            #expect(server != nil && FileManager.default.fileExists(atPath: socket))
            let visitor = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(unixDomainSocketPath: socket).get()
            server = nil
            try await visitor.closeFuture.get()
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    @Test func `metrics are served on an address too`() async throws {
        let server = try await ControlServer.bindMetrics(
            ListenAddress("127.0.0.1:0"), actions: OwnerFixture().actions, metrics: MetricsRegistry(),
            group: MultiThreadedEventLoopGroup.singleton)
        #expect(try #require(server.port) > 0)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            group.cancelAll()
        }
    }
}
