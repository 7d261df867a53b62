import NIOCore

// How much a relay may hold in each direction.

enum RelayBuffers {
    /// Reads begin small and grow with a stream.
    static let receive = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 256 * 1024)

    /// Above the high mark the other side is read no more until the low mark is reached.
    static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(low: 64 * 1024, high: 256 * 1024)
}
