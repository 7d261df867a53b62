import NIOCore

// Takes a body off the bytes of a connection, whatever way its end is told.

struct BodyReader {
    private enum State {
        case finished
        case length(remaining: UInt64)
        case chunked(ChunkedReader)
        case untilClose
    }

    private var state: State

    /// Begins a body; with `allowsExtensions`, chunk extensions are dropped rather than refused.
    init(_ framing: BodyFraming, allowsExtensions: Bool) {
        switch framing {
        case .none: state = .finished
        case .length(let count): state = count == 0 ? .finished : .length(remaining: count)
        case .chunked: state = .chunked(ChunkedReader(allowsExtensions: allowsExtensions))
        case .untilClose: state = .untilClose
        }
    }

    var isFinished: Bool {
        switch state {
        case .finished: true
        case .chunked(let reader): reader.isFinished
        case .length, .untilClose: false
        }
    }

    /// Takes the end of the connection; returns whether the body is whole.
    ///
    /// Only a body without a told length may end so.
    mutating func connectionEnded() -> Bool {
        if case .untilClose = state { state = .finished }
        return isFinished
    }

    /// The next piece of the body; nil when more bytes are needed or the body is finished.
    ///
    /// What stands behind the body stays in the buffer.
    mutating func next(from buffer: inout ByteBuffer) throws(ChunkedReader.Failure) -> ByteBuffer? {
        guard buffer.readableBytes > 0 else { return nil }
        switch state {
        case .finished: return nil
        case .untilClose: return take(buffer.readableBytes, of: &buffer)
        case .length(let remaining):
            let count = Int(min(remaining, UInt64(buffer.readableBytes)))
            let left = remaining - UInt64(count)
            state = left == 0 ? .finished : .length(remaining: left)
            return take(count, of: &buffer)
        case .chunked(var reader):
            // The reader has no storage of its own on the heap; taking it out and putting it back is cheap.
            defer { state = .chunked(reader) }
            return try reader.next(from: &buffer)
        }
    }

    private func take(_ count: Int, of buffer: inout ByteBuffer) -> ByteBuffer? {
        buffer.readSlice(length: count)
    }
}
