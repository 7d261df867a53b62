package import GateModel
package import Logging
package import NIOCore
internal import NIOPosix

/// The door of the owner: HTTP/1.1 over a Unix socket, or the metrics alone on a TCP address.
package final class ControlServer: Sendable {
    private let listener: any Channel
    private let connections: AsyncStream<ControlConnection>
    private let file: SocketFile?
    private let respond: @Sendable (ControlRequest) async -> ControlResponse

    private init(
        _ opened: (listener: any Channel, connections: AsyncStream<ControlConnection>), file: SocketFile?,
        respond: @escaping @Sendable (ControlRequest) async -> ControlResponse
    ) {
        self.listener = opened.listener
        self.connections = opened.connections
        self.file = file
        self.respond = respond
    }

    // A server that never ran must not leave its socket behind; for one that did run this does nothing.
    deinit {
        listener.close(promise: nil)
        file?.remove()
    }

    /// The port of a metrics listener; nil on a Unix socket.
    package var port: Int? { listener.localAddress?.port }

    /// Opens the control socket.
    ///
    /// - Throws: `Fault` when the path is taken or cannot be made.
    package static func bind(
        _ socket: ControlSocket, actions: OwnerActions, metrics: MetricsRegistry, brand: OwnerPageBrand,
        group: any EventLoopGroup, logger: Logger = Logger(label: "control")
    ) async throws(Fault) -> ControlServer {
        let routes = ControlRoutes(actions: actions, metrics: metrics, brand: brand, logger: logger)
        let descriptor: Int32
        var file: SocketFile?
        switch socket {
        case .descriptor(let passed): descriptor = passed
        case .path(let path): (descriptor, file) = try SocketFile.bind(path)
        }
        do {
            let opened = try await open(group) { $0.withBoundSocket(descriptor) }
            return ControlServer(opened, file: file) { await routes.respond(to: $0) }
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
        do {
            switch address {
            case .ip(let ip, let port):
                let opened = try await open(group) { $0.bind(host: ip.description, port: port) }
                return ControlServer(opened, file: nil, respond: page.respond)
            case .unix(let path):
                let (descriptor, file) = try SocketFile.bind(path)
                let opened = try await open(group) { $0.withBoundSocket(descriptor) }
                return ControlServer(opened, file: file, respond: page.respond)
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
        await withDiscardingTaskGroup { group in
            for await connection in connections {
                group.addTask { await connection.serve(self.respond) }
            }
        }
        try? await listener.close()
    }

    private static func open(
        _ group: any EventLoopGroup, _ bind: (ServerBootstrap) -> EventLoopFuture<any Channel>
    ) async throws -> (listener: any Channel, connections: AsyncStream<ControlConnection>) {
        let (connections, accepted) = AsyncStream.makeStream(of: ControlConnection.self)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause())
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { _ = accepted.yield(try ControlConnection(channel)) }
            }
        return (try await bind(bootstrap).get(), connections)
    }
}
