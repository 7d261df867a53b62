import GateModel
import NIOCore
import NIOPosix
import TestSupport
import UpstreamSelection

/// A server on 127.0.0.1 that behaves as a path's far end may.
struct PlayedApp: Sendable {
    enum Behaviour: Sendable, Equatable {
        case answers(String)
        /// Answers everything but `HEAD`.
        case ignoresHead
        /// Sends the status line one byte at a time.
        case dribbles
        /// Accepts and closes without a byte, as Rathole does whose client is gone.
        case closes
        /// Accepts and says nothing, as Rathole does whose client is cut off.
        case isSilent
    }

    let behaviour: Box<Behaviour>
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    func path(_ name: UpstreamPath.Name, interface: String? = nil) -> UpstreamPath {
        UpstreamPath(
            name: name, endpoint: Endpoint(scheme: .http, host: "127.0.0.1", port: port), interface: interface
        )
    }

    static func start(_ behaviour: Behaviour) async throws -> PlayedApp {
        let box = Box(behaviour)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(PlayedConnection(box.value))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return PlayedApp(behaviour: box, channel: channel)
    }

    /// Nobody listens there any more.
    func stop() async throws { try await channel.close() }
}

private final class PlayedConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let behaviour: PlayedApp.Behaviour

    init(_ behaviour: PlayedApp.Behaviour) {
        self.behaviour = behaviour
    }

    func channelActive(context: ChannelHandlerContext) {
        if behaviour == .closes { context.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let request = String(buffer: unwrapInboundIn(data))
        switch behaviour {
        case .answers(let text): write(text, context)
        case .ignoresHead where !request.hasPrefix("HEAD"): write("HTTP/1.1 200 OK\r\n\r\n", context)
        case .dribbles:
            for character in "HTTP/1.0 404 Not Found\r\n" { write(String(character), context) }
        case .ignoresHead, .closes, .isSilent: break
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
