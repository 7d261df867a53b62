package import GateModel
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOWebSocket

/// The app behind the gateway in `runegate demo`: a page, and one route for everything that a proxy can
/// get wrong (streams, uploads, downloads, upgrades, repeated headers).
///
/// It is written for trusted visitors of one machine and sets no limits of its own.
package final class DemoApp: Sendable {
    /// Where it listens, with the port that was really taken.
    package let address: ListenAddress
    private let listener: any Channel
    private let connections: OpenConnections

    private init(address: ListenAddress, listener: any Channel, connections: OpenConnections) {
        self.address = address
        self.listener = listener
        self.connections = connections
    }

    /// Where a proxy finds the app; nil when it listens on a Unix socket.
    package var endpoint: Endpoint? {
        guard case .ip(let address, let port) = address else { return nil }
        return Endpoint(scheme: .http, host: address.description, port: port)
    }

    /// Listens on `address`; port 0 takes a free one.
    package static func start(on address: ListenAddress) async throws(Fault) -> DemoApp {
        let connections = OpenConnections()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                connections.add(channel)
                return channel.eventLoop.makeCompletedFuture { try Self.configure(channel) }
            }
        let listener: any Channel
        do {
            listener = try await bootstrap.bind(to: address)
        } catch {
            throw Fault(
                code: "demo-cannot-listen",
                problem: "The demo app cannot listen on \(address): \(error)",
                remedy: "Choose another address with --listen, such as --listen 127.0.0.1:0.")
        }
        return DemoApp(
            address: address.bound(to: listener), listener: listener, connections: connections)
    }

    /// Closes the listener and every connection, as the end of the app's process would.
    package func stop() async {
        try? await listener.close()
        connections.closeAll()
    }

    /// Returns when the listener is closed.
    package func waitUntilStopped() async {
        try? await listener.closeFuture.get()
    }

    private static func configure(_ channel: any Channel) throws {
        let webSocket = NIOWebSocketServerUpgrader(
            maxFrameSize: WebSocketEcho.largestFrameBytes,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(WebSocketEcho.answerHeaders(to: head))
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WebSocketEcho())
                }
            })
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withServerUpgrade: (
                upgraders: [webSocket],
                completionHandler: { context in
                    // The upgraded connection speaks no HTTP any more.
                    let pipeline = context.pipeline.syncOperations
                    guard let handler = try? pipeline.context(handlerType: DemoHandler.self) else { return }
                    pipeline.removeHandler(context: handler, promise: nil)
                }
            ))
        try channel.pipeline.syncOperations.addHandler(DemoHandler())
    }
}
