import NIOCore

// How much a relay may hold in each direction.

enum RelayBuffers {
    static let receive = ReceiveAllocator()

    /// Above the high mark the other side is read no more until the low mark is reached.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 * 1024, high: 256 * 1024)
}

/// Makes the buffers that a connection reads into: small at first, growing with a stream, and none kept.
///
/// NIO keeps the first buffer of a channel for as long as it lives and reads into it again when it may
/// (`NIOPooledRecvBufferAllocator`). So the first one is tiny, and of every other NIO is told that the next might
/// have to be larger: an idle WebSocket holds bytes, not the kilobytes of its last message.
struct ReceiveAllocator: RecvByteBufferAllocator {
    private static let keptBytes = 64

    private var sizes = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 256 * 1024)
    private var isFirst = true

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        isFirst ? allocator.buffer(capacity: Self.keptBytes) : sizes.buffer(allocator: allocator)
    }

    /// Nil, or NIO would enlarge the buffer it keeps.
    func nextBufferSize() -> Int? { nil }

    /// True, or NIO would read into the buffer it keeps.
    mutating func record(actualReadBytes: Int) -> Bool {
        if isFirst {
            isFirst = false
        } else {
            _ = sizes.record(actualReadBytes: actualReadBytes)
        }
        return true
    }
}
