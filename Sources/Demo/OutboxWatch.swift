internal import GateModel
internal import Glibc
internal import NIOCore
internal import NIOPosix

/// Reports each file that appears whole in a directory, through inotify(7).
final class OutboxWatch: Sendable {
    private let channel: any Channel

    private init(channel: any Channel) {
        self.channel = channel
    }

    /// Watches `directory`, which must exist, and calls `appeared` with each new file's name.
    static func start(
        _ directory: String, appeared: @escaping @Sendable (String) -> Void
    ) async throws(Fault) -> OutboxWatch {
        let descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        // A writer either renames the finished file into place or closes it where it is.
        let mask = UInt32(IN_MOVED_TO | IN_CLOSE_WRITE)
        guard descriptor >= 0, inotify_add_watch(descriptor, directory, mask) >= 0 else {
            let reason = String(cString: strerror(errno))
            if descriptor >= 0 { close(descriptor) }
            throw Fault(
                code: "demo-outbox", problem: "The outbox \(directory) cannot be watched: \(reason)",
                remedy: "Check that the directory exists and fs.inotify.max_user_instances is not used up.")
        }
        do {
            let channel = try await NIOPipeBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(NewFileHandler(appeared))
                    }
                }
                .takingOwnershipOfDescriptor(input: descriptor).get()
            return OutboxWatch(channel: channel)
        } catch {
            close(descriptor)
            throw Fault(
                code: "demo-outbox", problem: "The outbox \(directory) cannot be watched: \(error)",
                remedy: "Read the mails in that directory instead.")
        }
    }

    func stop() async {
        try? await channel.close()
    }
}

/// Reads `struct inotify_event` records: watch, mask, cookie, length (four 32-bit words), then the name,
/// padded with NUL bytes.
private final class NewFileHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let appeared: @Sendable (String) -> Void

    init(_ appeared: @escaping @Sendable (String) -> Void) {
        self.appeared = appeared
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // The kernel never splits a record between two reads.
        var bytes = unwrapInboundIn(data)
        while let header = bytes.readMultipleIntegers(
            endianness: .host, as: (Int32, UInt32, UInt32, UInt32).self),
            let name = bytes.readBytes(length: Int(header.3))
        {
            appeared(String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
        }
    }
}
