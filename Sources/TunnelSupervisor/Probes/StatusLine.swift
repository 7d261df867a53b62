/// The beginning of an HTTP/1 answer, as far as a probe cares (RFC 9112 §4).
enum StatusLine: Equatable {
    /// Too few bytes to tell, but nothing wrong with them.
    case incomplete
    case status(Int)
    case garbled

    /// As many bytes as are looked at: `HTTP/1.1 200`.
    static let byteCount = 12

    /// Reads the first bytes of an answer.
    init(_ bytes: some Collection<UInt8>) {
        let prefix = Array(bytes.prefix(Self.byteCount))
        let version = Array("HTTP/1.".utf8)
        for (index, byte) in prefix.enumerated() {
            let isRight =
                switch index {
                case ..<7: byte == version[index]
                case 8: byte == UInt8(ascii: " ")
                case 9: (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte)
                default: (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                }
            guard isRight else {
                self = .garbled
                return
            }
        }
        guard prefix.count == Self.byteCount else {
            self = .incomplete
            return
        }
        self = .status(prefix.suffix(3).reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) })
    }
}
