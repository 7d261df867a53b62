/// The quoted-printable transfer encoding (RFC 2045 §6.7).
enum QuotedPrintable {
    /// The text in 7-bit lines of at most 76 characters that end in CRLF; any kind of line break in it, and
    /// its end, becomes one.
    static func encode(_ text: String) -> String {
        var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        if lines.last?.isEmpty == true { lines.removeLast() }
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 5 / 4)
        for line in lines { append(line.utf8, to: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    private static let lineLimit = 76

    private static func append(_ line: Substring.UTF8View, to output: inout [UInt8]) {
        var column = 0
        for index in line.indices {
            let byte = line[index]
            let isLast = line.index(after: index) == line.endIndex
            let encoded = needsEncoding(byte, isLast: isLast) ? escape(byte) : [byte]
            // One column is kept for the "=" that breaks the line softly.
            if column + encoded.count > lineLimit - (isLast ? 0 : 1) {
                output += Array("=\r\n".utf8)
                column = 0
            }
            output += encoded
            column += encoded.count
        }
        output += [0x0d, 0x0a]
    }

    /// A space or tab at the end of a line would be lost on the way.
    private static func needsEncoding(_ byte: UInt8, isLast: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "="): true
        case UInt8(ascii: " "), UInt8(ascii: "\t"): isLast
        default: !(0x21...0x7e).contains(byte)
        }
    }

    private static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 0xf)]]
    }
}
