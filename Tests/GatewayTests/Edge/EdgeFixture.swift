import GateConfig
import GateModel
import NIOCore
import NIOPosix
import Testing
import UpstreamSelection

@testable import Gateway
@testable import Identity

// A whole gateway on loopback: raw visitors before it, a raw app behind it, scripted identity beside it.

final class EdgeFixture: Sendable {
    let gateway: GatewayServer
    let app: RawApp
    /// What the second path leads to, when there is one.
    let fallback: RawApp?
    let board: SelectionBoard
    let session: Session
    private let group: MultiThreadedEventLoopGroup

    /// What a signed-in visitor's requests carry.
    static let cookie = "Cookie: runegate_id=good\r\n"
    static let host = "Host: localhost:7870\r\n"

    private init(
        gateway: GatewayServer, app: RawApp, fallback: RawApp?, board: SelectionBoard, session: Session,
        group: MultiThreadedEventLoopGroup
    ) {
        self.gateway = gateway
        self.app = app
        self.fallback = fallback
        self.board = board
        self.session = session
        self.group = group
    }

    /// Runs `body` against a fresh gateway and leaves nothing behind; `drains` says that `body` does not do so
    /// itself.
    ///
    /// With a script for a fallback there are two paths: `wireGuard` to the app and `rathole` to the fallback.
    static func run<Result: Sendable>(
        environment: [String: String] = [:], limits: EdgeLimits = EdgeLimits(), drains: Bool = true,
        script: @escaping RawApp.Script = RawApp.answering(RawApp.ok), fallback: RawApp.Script? = nil,
        _ body: (EdgeFixture) async throws -> Result
    ) async throws -> Result {
        let fixture = try await start(
            environment: environment, limits: limits, script: script, fallback: fallback)
        do {
            let result = try await body(fixture)
            await fixture.stop(drains: drains)
            return result
        } catch {
            await fixture.stop(drains: drains)
            throw error
        }
    }

    private static func start(
        environment: [String: String], limits: EdgeLimits, script: @escaping RawApp.Script,
        fallback: RawApp.Script?
    ) async throws -> EdgeFixture {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let app = try await RawApp.start(on: group, script: script)
        var site = SiteFixture()
        site.environment = ["RUNEGATE_REQUEST_LOGS": "false"].merging(environment) { $1 }
        let settings = try site.settings()
        let session = try SiteFixture.session()
        let pages = try site.site()
        let access = SessionAccess(
            authenticate: {
                $0 == "good" ? SessionTable.Authenticated(session: session, reissuedCookie: nil) : nil
            },
            touch: { _ in })
        let owner = try settings.atOwnersDoor.map { own in
            let pages = try site.ownerSite()
            let access = SessionAccess(
                authenticate: {
                    $0 == "owner" ? SessionTable.Authenticated(session: session, reissuedCookie: nil) : nil
                },
                touch: { _ in })
            return EdgeState(settings: own, site: pages, cookies: pages.cookies, sessions: access)
        }
        let state = EdgeState(
            settings: settings, site: pages, cookies: pages.cookies, sessions: access, owner: owner)
        let second: RawApp? =
            if let fallback { try await RawApp.start(on: group, script: fallback) } else { nil }
        let board = SelectionBoard(
            Selection(
                current: .loopback(second == nil ? .direct : .wireGuard, port: app.port),
                alternative: second.map { .loopback(.rathole, port: $0.port) }))
        let gateway = try await GatewayServer.start(
            state: state, workers: 1,
            listeners: [.address(.ip(IPAddress(bytes: [127, 0, 0, 1]), port: 0))],
            reader: board.reader, limits: limits)
        return EdgeFixture(
            gateway: gateway, app: app, fallback: second, board: board, session: session, group: group)
    }

    private func stop(drains: Bool) async {
        await app.stop()
        await fallback?.stop()
        if drains { await gateway.drain(within: .zero) }
        try? await group.shutdownGracefully()
    }

    var port: Int {
        guard case .ip(_, let port)? = gateway.addresses.first else { return 0 }
        return port
    }

    /// Publishes, and returns when every event loop knows.
    func publish(_ selection: Selection) async {
        board.publish(selection)
        _ = await gateway.traffic()
    }

    /// Waits until something is true of what is under way.
    func until(_ condition: (GatewayTraffic) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            let traffic = await gateway.traffic()
            guard !condition(traffic) else { return }
            guard ContinuousClock.now < deadline else { throw RawPeer.Failure.timedOut("\(traffic)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    func visitor() async throws -> RawPeer {
        try await RawPeer.connect(to: port, on: group)
    }

    /// Sends bytes on a new connection and waits until the gateway has closed it or answered once.
    func answer(to request: String) async throws -> String {
        let visitor = try await visitor()
        visitor.send(request)
        try await visitor.wait { $0.hasInputEnded || $0.text.contains("\r\n\r\n") }
        let text = visitor.text
        visitor.close()
        return text
    }

    /// Expects a status for a request on a connection of its own.
    func expect(
        _ status: String, for request: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let text = try await answer(to: request)
        #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)", sourceLocation: sourceLocation)
    }

    /// A signed-in GET.
    static func get(_ target: String, _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\n" + host + cookie + fields + "\r\n"
    }
}

extension UpstreamPath {
    static func loopback(_ name: Name, port: Int, interface: String? = nil) -> Self {
        Self(
            name: name, endpoint: Endpoint(scheme: .http, host: "127.0.0.1", port: port), interface: interface
        )
    }
}
