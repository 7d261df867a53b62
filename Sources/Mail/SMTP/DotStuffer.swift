/// Makes a mail fit for DATA (RFC 5321 §4.5.2): every line ends in CRLF, and a dot at the start of a line is
/// doubled, so that no line of a mail is the dot that ends it.
///
/// It keeps its place in the line from one piece to the next: where the pieces are cut changes nothing.
struct DotStuffer {
    private var isAtLineStart = true
    private var isAfterCarriageReturn = false

    /// The next piece as it goes on the wire.
    ///
    /// A lone CR or LF counts as the end of a line.
    mutating func stuff(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        for byte in bytes {
            let followsCarriageReturn = isAfterCarriageReturn
            isAfterCarriageReturn = byte == UInt8(ascii: "\r")
            switch byte {
            case UInt8(ascii: "\n") where followsCarriageReturn:
                // The CR before it has ended the line already.
                break
            case UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                output += [0x0d, 0x0a]
                isAtLineStart = true
            default:
                if isAtLineStart, byte == UInt8(ascii: ".") { output.append(byte) }
                output.append(byte)
                isAtLineStart = false
            }
        }
        return output
    }

    /// The end of the mail: the dot, on a line of its own.
    func end() -> [UInt8] {
        Array((isAtLineStart ? ".\r\n" : "\r\n.\r\n").utf8)
    }
}
