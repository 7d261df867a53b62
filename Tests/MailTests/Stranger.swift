import NIOCore
import NIOPosix

/// Listens on a Unix socket, answers each line it hears with the next of its own, and hangs up after the last.
struct Stranger {
    private let server: any Channel

    init(path: String, says lines: [String]) async throws {
        server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Speaker(lines))
                }
            }
            .bind(unixDomainSocketPath: path).get()
    }

    func stop() async throws {
        try await server.close()
    }

    private final class Speaker: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var lines: ArraySlice<String>

        init(_ lines: [String]) {
            self.lines = lines[...]
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            guard let line = lines.popFirst() else {
                context.close(promise: nil)
                return
            }
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: line)), promise: nil)
        }
    }
}
