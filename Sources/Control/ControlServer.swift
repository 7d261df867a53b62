package import GateModel
package import Logging
package import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The door of the owner: HTTP/1.1 over a Unix socket, or the metrics alone on a TCP address.
package final class ControlServer: Sendable {
    typealias Connection = NIOAsyncChannel<
        HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>
    >

    private let listener: NIOAsyncChannel<Connection, Never>
    private let file: SocketFile?
    private let respond: @Sendable (ControlRequest) async -> ControlResponse

    private init(
        listener: NIOAsyncChannel<Connection, Never>, file: SocketFile?,
        respond: @escaping @Sendable (ControlRequest) async -> ControlResponse
    ) {
        self.listener = listener
        self.file = file
        self.respond = respond
    }

    /// The port of a metrics listener; nil on a Unix socket.
    package var port: Int? { listener.channel.localAddress?.port }

    /// Opens the control socket.
    ///
    /// - Throws: `Fault` when the path is taken or cannot be made.
    package static func bind(
        _ socket: ControlSocket, actions: OwnerActions, metrics: MetricsRegistry, brand: OwnerPageBrand,
        group: any EventLoopGroup, logger: Logger = Logger(label: "control")
    ) async throws(Fault) -> ControlServer {
        let metricsPage = MetricsPage(registry: metrics) { await actions.sessions().count }
        let routes = ControlRoutes(
            actions: actions, page: OwnerPage(brand: brand), metrics: metricsPage, logger: logger)
        let descriptor: Int32
        var file: SocketFile?
        switch socket {
        case .descriptor(let passed): descriptor = passed
        case .path(let path): (descriptor, file) = try SocketFile.bind(path)
        }
        do {
            let listener = try await ServerBootstrap(group: group)
                .bind(descriptor) { Self.configure($0) }
            return ControlServer(listener: listener, file: file) { await routes.respond(to: $0) }
        } catch {
            file?.remove()
            throw Fault(
                code: "control-socket", problem: "The control socket cannot be listened on: \(error)",
                remedy: "Check that it is a stream socket that this user may use.")
        }
    }

    /// Opens `RUNEGATE_METRICS_LISTEN`: `GET /metrics` and nothing else.
    package static func bindMetrics(
        _ address: ListenAddress, actions: OwnerActions, metrics: MetricsRegistry, group: any EventLoopGroup
    ) async throws(Fault) -> ControlServer {
        let page = MetricsPage(registry: metrics) { await actions.sessions().count }
        let respond: @Sendable (ControlRequest) async -> ControlResponse = { request in
            guard request.path == "/metrics", request.method == .GET || request.method == .HEAD else {
                return .text("Only GET /metrics is here.\n", type: "text/plain; charset=utf-8", .notFound)
            }
            return await page.response()
        }
        do {
            let bootstrap = ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            switch address {
            case .ip(let ip, let port):
                let listener = try await bootstrap.bind(host: ip.description, port: port) {
                    Self.configure($0)
                }
                return ControlServer(listener: listener, file: nil, respond: respond)
            case .unix(let path):
                let (descriptor, file) = try SocketFile.bind(path)
                let listener = try await bootstrap.bind(descriptor) { Self.configure($0) }
                return ControlServer(listener: listener, file: file, respond: respond)
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(
                code: "metrics-listen", problem: "Metrics cannot be served on \(address): \(error)",
                remedy: "Set RUNEGATE_METRICS_LISTEN to a free address of this machine.")
        }
    }

    /// Serves until the task is cancelled, then takes the socket's file away.
    package func run() async {
        defer { file?.remove() }
        // Cancelling ends the accept loop by an error; nothing else is to be done about it.
        try? await listener.executeThenClose { connections in
            await withDiscardingTaskGroup { group in
                do {
                    for try await connection in connections {
                        group.addTask { await ControlConnection(connection).serve(self.respond) }
                    }
                } catch {
                    group.cancelAll()
                }
            }
        }
    }

    @Sendable private static func configure(_ channel: any Channel) -> EventLoopFuture<Connection> {
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.configureHTTPServerPipeline()
            try channel.pipeline.syncOperations.addHandler(ByteBufferResponses())
            return try Connection(wrappingChannelSynchronously: channel)
        }
    }
}
