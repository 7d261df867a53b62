import NIOCore

// Puts the chunked transfer coding on a body (RFC 9112 §7.1), without extensions and trailers.

enum ChunkWriter {
    /// Pieces up to this size are copied beside their frame: cheaper than a gathering write of three parts.
    static let copiedBytes = 2048

    /// The size line of a chunk; behind an earlier chunk its final CRLF comes first.
    static func writeSize(_ count: Int, isFirst: Bool, into buffer: inout ByteBuffer) {
        if !isFirst { buffer.writeStaticString("\r\n") }
        buffer.writeString(String(count, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    /// The last chunk and the empty trailer.
    static func writeEnd(isFirst: Bool, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(isFirst ? "0\r\n\r\n" : "\r\n0\r\n\r\n")
    }
}
