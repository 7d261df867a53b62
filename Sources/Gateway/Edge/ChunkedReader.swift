import NIOCore

// Takes the chunked transfer coding off a body (RFC 9112 §7.1), strictly: extensions are refused in requests
// and dropped in responses, trailers are dropped, and the sender frames anew.

/// Reads one chunked body.
struct ChunkedReader {
    enum Failure: Error, Equatable {
        case malformed
    }

    private enum State: Equatable {
        case size(digits: Int, value: UInt64)
        case chunkExtension
        case sizeLineFeed
        case data(remaining: UInt64)
        case dataCarriageReturn
        case dataLineFeed
        /// At the start of a trailer line.
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case lastLineFeed
        case finished
    }

    /// Extensions and trailers together; more is no honest sender's.
    private static let maximumOverheadBytes = 8 * 1024

    private let allowsExtensions: Bool
    private var state = State.size(digits: 0, value: 0)
    /// The size of the chunk whose size line is being read.
    private var chunk: UInt64 = 0
    private var overhead = 0

    init(allowsExtensions: Bool) {
        self.allowsExtensions = allowsExtensions
    }

    var isFinished: Bool { state == .finished }

    /// The next piece of the body, or nil when the buffer holds no more of it.
    ///
    /// Framing is taken from the buffer on the way; bytes behind the body's end stay in it.
    mutating func next(from buffer: inout ByteBuffer) throws(Failure) -> ByteBuffer? {
        while state != .finished {
            if case .data(let remaining) = state {
                let count = Int(min(remaining, UInt64(buffer.readableBytes)))
                guard count > 0, let piece = buffer.readSlice(length: count) else { return nil }
                let left = remaining - UInt64(count)
                state = left == 0 ? .dataCarriageReturn : .data(remaining: left)
                return piece
            }
            guard let byte: UInt8 = buffer.readInteger() else { return nil }
            try take(byte)
        }
        return nil
    }

    private mutating func take(_ byte: UInt8) throws(Failure) {
        switch state {
        case .size(let digits, let value): try takeSize(byte, digits: digits, value: value)
        case .chunkExtension:
            try countOverhead()
            if byte == 0x0d {
                state = .sizeLineFeed
            } else if !ByteClass.fieldValue.contains(byte) {
                throw .malformed
            }
        case .sizeLineFeed:
            guard byte == 0x0a else { throw .malformed }
            state = chunk == 0 ? .trailerStart : .data(remaining: chunk)
        case .dataCarriageReturn:
            guard byte == 0x0d else { throw .malformed }
            state = .dataLineFeed
        case .dataLineFeed:
            guard byte == 0x0a else { throw .malformed }
            state = .size(digits: 0, value: 0)
        case .trailerStart, .trailerName, .trailerValue, .trailerLineFeed, .lastLineFeed:
            try takeTrailer(byte)
        case .data, .finished: throw .malformed
        }
    }

    private mutating func takeSize(_ byte: UInt8, digits: Int, value: UInt64) throws(Failure) {
        let digit: UInt8
        switch byte {
        case 0x30...0x39: digit = byte - 0x30
        case 0x41...0x46: digit = byte - 0x37
        case 0x61...0x66: digit = byte - 0x57
        case 0x0d where digits > 0:
            chunk = value
            state = .sizeLineFeed
            return
        case UInt8(ascii: ";") where digits > 0 && allowsExtensions:
            chunk = value
            state = .chunkExtension
            return
        default: throw .malformed
        }
        // 15 hexadecimal digits stay far from an overflow; leading zeros count, so they end too.
        guard digits < 15 else { throw .malformed }
        state = .size(digits: digits + 1, value: value << 4 | UInt64(digit))
    }

    private mutating func takeTrailer(_ byte: UInt8) throws(Failure) {
        try countOverhead()
        switch (state, byte) {
        case (.trailerStart, 0x0d): state = .lastLineFeed
        case (.trailerStart, _) where ByteClass.token.contains(byte): state = .trailerName
        case (.trailerName, UInt8(ascii: ":")): state = .trailerValue
        case (.trailerName, _) where ByteClass.token.contains(byte): break
        case (.trailerValue, 0x0d): state = .trailerLineFeed
        case (.trailerValue, _) where ByteClass.fieldValue.contains(byte): break
        case (.trailerLineFeed, 0x0a): state = .trailerStart
        case (.lastLineFeed, 0x0a): state = .finished
        default: throw .malformed
        }
    }

    private mutating func countOverhead() throws(Failure) {
        overhead += 1
        guard overhead <= Self.maximumOverheadBytes else { throw .malformed }
    }
}
