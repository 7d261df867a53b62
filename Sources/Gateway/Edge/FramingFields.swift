// The values of the two fields that tell where a body ends, read so that there is only one way to read them.

enum ContentLength {
    /// Digits only, no leading zero, no sign, no list; at most 18 digits, which fit 64 bits.
    static func read(_ value: Slice<UnsafeRawBufferPointer>) -> UInt64? {
        guard (1...18).contains(value.count), value.allSatisfy(ByteClass.isDigit) else { return nil }
        guard value.count == 1 || value.first != UInt8(ascii: "0") else { return nil }
        return value.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }
}

enum TransferCoding: Equatable {
    case chunked
    /// Some other registered-looking coding, which we do not speak (RFC 9112 §6.1: 501).
    case unknown
    /// A list, parameters, blanks inside, or nothing.
    case malformed

    init(_ value: Slice<UnsafeRawBufferPointer>) {
        let text = UnsafeRawBufferPointer(rebasing: value)
        if text.equalsIgnoringCase("chunked") {
            self = .chunked
        } else {
            self = !text.isEmpty && text.allSatisfy(ByteClass.token.contains) ? .unknown : .malformed
        }
    }
}
