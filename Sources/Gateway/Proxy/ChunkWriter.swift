import NIOCore

// Puts the chunked transfer coding on a body (RFC 9112 §7.1), without extensions and trailers.

enum ChunkWriter {
    /// Pieces up to this size are copied beside their frame: cheaper than a gathering write of three parts.
    static let copiedBytes = 2048

    /// What ends a chunk's data: sent at once, for clients that give a chunk on only when they have seen it.
    static let chunkEnd = ByteBuffer(string: "\r\n")

    /// The size line of a chunk.
    static func writeSize(_ count: Int, into buffer: inout ByteBuffer) {
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// The last chunk and the empty trailer.
    static let bodyEnd = ByteBuffer(string: "0\r\n\r\n")
}
