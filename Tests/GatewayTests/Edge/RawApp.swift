import NIOCore
import NIOPosix
import Synchronization

// The app behind the gateway in tests: accepts, records, and answers as its script says.

final class RawApp: Sendable {
    /// Called with each connection whenever bytes came in.
    typealias Script = @Sendable (RawPeer) -> Void

    private let peers = Mutex<[RawPeer]>([])
    private let script: Script
    private let channelBox = Mutex<(any Channel)?>(nil)

    private init(script: @escaping Script) {
        self.script = script
    }

    static func start(on group: any EventLoopGroup, script: @escaping Script) async throws -> RawApp {
        let app = RawApp(script: script)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                let peer = RawPeer(onBytes: app.script)
                app.peers.withLock { $0.append(peer) }
                return channel.pipeline.addHandler(peer)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        app.channelBox.withLock { $0 = channel }
        return app
    }

    var port: Int { channelBox.withLock { $0?.localAddress?.port } ?? 0 }
    var connections: [RawPeer] { peers.withLock { $0 } }
    /// Everything received on all connections, in the order of their beginning.
    var text: String { connections.map(\.text).joined() }

    /// How often a request line ends.
    var requestCount: Int { text.ranges(of: " HTTP/1.1\r\n").count }

    func stop() async {
        let channel = channelBox.withLock { $0 }
        try? await channel?.close()
        for peer in connections { peer.close() }
    }

    /// Answers each head at once with `response`.
    static func answering(_ response: String) -> Script {
        { peer in
            guard peer.text.hasSuffix("\r\n\r\n") else { return }
            peer.send(response)
        }
    }

    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
}
