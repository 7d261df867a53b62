import NIOCore
import NIOPosix
import Synchronization

// One end of a TCP connection that speaks raw bytes: a visitor, or the app. Nothing here knows HTTP, so what it
// recorded is what really went over the wire.

final class RawPeer: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    enum Failure: Error {
        /// What was waited for did not come; the text is what came instead.
        case timedOut(String)
    }

    private final class TakenBytes: Sendable {
        let count = Mutex(0)
    }

    private struct Waiter {
        let condition: @Sendable (RawPeer.Record) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// What arrived so far.
    struct Record {
        var bytes: [UInt8] = []
        var hasInputEnded = false
        var isClosed = false

        var text: String { String(decoding: bytes, as: UTF8.self) }

        func count(of needle: String) -> Int {
            text.ranges(of: needle).count
        }
    }

    private struct State {
        var record = Record()
        var waiters: [Int: Waiter] = [:]
        var nextWaiter = 0
        var keepsBytes = true
        var received = 0
    }

    private let state = Mutex(State())
    private let channelBox = Mutex<(any Channel)?>(nil)
    private let takenBytes = TakenBytes()
    private let onBytes: (@Sendable (RawPeer) -> Void)?

    init(onBytes: (@Sendable (RawPeer) -> Void)? = nil) {
        self.onBytes = onBytes
    }

    static func connect(to port: Int, on group: any EventLoopGroup) async throws -> RawPeer {
        let peer = RawPeer()
        _ = try await ClientBootstrap(group: group)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { $0.pipeline.addHandler(peer) }
            .connect(host: "127.0.0.1", port: port).get()
        return peer
    }

    var record: Record { state.withLock { $0.record } }
    var text: String { record.text }
    /// Bytes received, kept or not.
    var received: Int { state.withLock { $0.received } }

    /// Counts further bytes instead of keeping them.
    func stopKeeping() { state.withLock { $0.keepsBytes = false } }

    func send(_ text: String) { send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) {
        channel?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    /// Sends bytes and counts them in ``taken`` when the kernel has them.
    func offer(_ bytes: ByteBuffer) {
        channel?.writeAndFlush(bytes).whenSuccess { [takenBytes] in
            takenBytes.count.withLock { $0 += bytes.readableBytes }
        }
    }

    /// How much of what was offered the kernel has.
    var taken: Int { takenBytes.count.withLock { $0 } }

    func endOutput() { channel?.close(mode: .output, promise: nil) }
    func close() { channel?.close(promise: nil) }

    /// Reads on request only, when false.
    func setAutoRead(_ isOn: Bool) async throws {
        try await channel?.setOption(.autoRead, value: isOn).get()
    }

    func read() { channel?.read() }

    /// Drops what arrived so far.
    func forget() { state.withLock { $0.record.bytes = [] } }

    /// Waits for the condition, for half a minute at most.
    func wait(_ condition: @escaping @Sendable (Record) -> Bool) async throws {
        guard await reaches(condition, within: .seconds(30)) else { throw Failure.timedOut(text) }
    }

    /// Waits for text to arrive.
    func wait(for text: String) async throws { try await wait { $0.text.contains(text) } }

    /// Whether the condition comes true in time.
    func reaches(
        _ condition: @escaping @Sendable (Record) -> Bool, within limit: TimeAmount
    ) async -> Bool {
        await withCheckedContinuation { continuation in
            let number: Int? = state.withLock { state in
                if condition(state.record) { return nil }
                state.nextWaiter += 1
                state.waiters[state.nextWaiter] = Waiter(condition: condition, continuation: continuation)
                return state.nextWaiter
            }
            guard let number else {
                continuation.resume(returning: true)
                return
            }
            MultiThreadedEventLoopGroup.singleton.any().scheduleTask(in: limit) {
                let late = self.state.withLock { $0.waiters.removeValue(forKey: number) }
                late?.continuation.resume(returning: false)
            }
        }
    }

    private var channel: (any Channel)? { channelBox.withLock { $0 } }

    func handlerAdded(context: ChannelHandlerContext) {
        channelBox.withLock { $0 = context.channel }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        note { state in
            state.received += bytes.readableBytes
            if state.keepsBytes { state.record.bytes += bytes.readableBytesView }
        }
        onBytes?(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { note { $0.record.hasInputEnded = true } }
    }

    func channelInactive(context: ChannelHandlerContext) {
        note {
            $0.record.hasInputEnded = true
            $0.record.isClosed = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func note(_ change: (inout State) -> Void) {
        let satisfied = state.withLock { state in
            change(&state)
            let met = state.waiters.filter { $0.value.condition(state.record) }
            for key in met.keys { state.waiters[key] = nil }
            return met.values.map(\.continuation)
        }
        for continuation in satisfied { continuation.resume(returning: true) }
    }
}
