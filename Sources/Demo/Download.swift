internal import NIOCore
internal import NIOHTTP1

/// A body of a given size, made while it is sent, no faster than the client takes it.
final class Download: Responder {
    static let defaultByteCount: Int64 = 1_000_000_000

    /// What is repeated: byte `i` of the body is `(7 * i + i / 256) mod 256` with `i` modulo 65,536.
    static let block = ByteBuffer(
        bytes: (0..<65_536).map { UInt8(truncatingIfNeeded: 7 &* $0 &+ $0 >> 8) })

    private let byteCount: Int64
    private var remaining: Int64
    private var state = State.waiting

    private enum State {
        case waiting, sendable
        /// Inside the loop below: a flush that drains at once reports "writable" from within itself, and
        /// must not start a second loop.
        case sending
        case finished
    }

    init(byteCount: Int64) {
        self.byteCount = byteCount
        self.remaining = byteCount
    }

    func requestEnded(_ exchange: Exchange) {
        exchange.sendHead(
            .ok,
            [
                "content-type": "application/octet-stream", "content-length": String(byteCount),
                "content-disposition": "attachment; filename=\"demo.bin\"", "cache-control": "no-store",
            ])
        if exchange.request.method == .HEAD { remaining = 0 }
        state = .sendable
        sendWhileWritable(exchange)
    }

    func canWrite(_ exchange: Exchange) {
        if state == .sendable { sendWhileWritable(exchange) }
    }

    private func sendWhileWritable(_ exchange: Exchange) {
        state = .sending
        while remaining > 0, exchange.isWritable {
            var chunk = Self.block
            if remaining < Int64(chunk.readableBytes) { chunk.moveWriterIndex(to: Int(remaining)) }
            remaining -= Int64(chunk.readableBytes)
            exchange.sendBody(chunk)
        }
        state = remaining > 0 ? .sendable : .finished
        if state == .finished { exchange.finish() }
    }
}
