package import GateModel
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The socket by which `runegate demo cut` and `mend` reach the running demo: one line in, one line out.
package enum SwitchSocket {
    /// Its name in the state directory.
    package static let name = "demo.sock"
    private static let longestLine = 256

    /// Takes orders on `path` until `body` returns.
    ///
    /// - Parameters:
    ///   - path: Where to listen; what is left there of an earlier demo is replaced.
    ///   - scenery: What the orders are about.
    ///   - body: What runs meanwhile.
    /// - Returns: What `body` returns.
    /// - Throws: A `Fault` when nobody can listen there, and what `body` throws.
    package static func serve<Value>(
        at path: String, _ scenery: DemoScenery, while body: () async throws -> Value
    ) async throws -> Value {
        let listener: any Channel
        do {
            listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(OrderHandler(scenery))
                    }
                }
                .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        } catch {
            throw Fault(
                code: "demo-socket", problem: "The demo cannot listen on \(path): \(error)",
                remedy: "Start it in a directory that you may write to, with a short path.")
        }
        defer { unlink(path) }
        let result: Value
        do {
            result = try await body()
        } catch {
            try? await listener.close()
            throw error
        }
        try? await listener.close()
        return result
    }

    /// Sends an order to the demo that listens on `path`.
    ///
    /// - Returns: What the demo says.
    /// - Throws: A `Fault` when none listens there.
    package static func send(_ order: SceneryOrder, to path: String) async throws(Fault) -> String {
        let answer = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: String.self)
        do {
            let channel = try await ClientBootstrap(group: answer.futureResult.eventLoop)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer))
                    }
                }
                .connect(unixDomainSocketPath: path).get()
            try await channel.writeAndFlush(ByteBuffer(string: order.line + "\n"))
            return try await answer.futureResult.get()
        } catch {
            // A connect that failed leaves nobody who would answer.
            answer.fail(error)
            throw Fault(
                code: "demo-not-running", problem: "No demo listens on \(path)",
                remedy: "Start one with `runegate demo`, and run this in the same directory.")
        }
    }

    /// The line at the front of what has come; nil while it is not whole.
    fileprivate static func takeLine(_ bytes: inout ByteBuffer) -> String? {
        guard
            let length = bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map({
                $0 - bytes.readerIndex
            })
        else { return nil }
        return bytes.readString(length: length)
    }

    fileprivate static func isTooLong(_ bytes: ByteBuffer) -> Bool { bytes.readableBytes > longestLine }
}

/// Reads one order, has it performed, answers and closes.
private final class OrderHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let scenery: DemoScenery
    private var received = ByteBuffer()

    init(_ scenery: DemoScenery) {
        self.scenery = scenery
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        guard let line = SwitchSocket.takeLine(&received) else {
            if SwitchSocket.isTooLong(received) { context.close(promise: nil) }
            return
        }
        guard let order = SceneryOrder(line) else {
            Self.answer("That is no order. Send such as: cut wireguard", on: context.channel)
            return
        }
        let channel = context.channel
        let scenery = scenery
        context.eventLoop.makeFutureWithTask { await scenery.perform(order) }
            .whenSuccess { Self.answer($0, on: channel) }
    }

    private static func answer(_ text: String, on channel: any Channel) {
        channel.writeAndFlush(ByteBuffer(string: text + "\n")).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}

/// Waits for the one line that comes back.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<String>
    private var received = ByteBuffer()

    init(_ answer: EventLoopPromise<String>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        if let line = SwitchSocket.takeLine(&received) { answer.succeed(line) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answer.fail(ChannelError.eof)
    }
}
