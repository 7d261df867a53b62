/// Text from strangers, made harmless for terminals and log readers.
///
/// Escaped are all C0 and C1 controls, DEL, the characters that change the direction of text, line and
/// paragraph separators, and the quote and backslash, each in JSON's `\uXXXX` form (RFC 8259 §7).
enum SafeText {
    /// Appends `text`, escaped, at most `limit` bytes of it; what is cut off is marked by `…`.
    static func append(_ text: String, limit: Int, to output: inout [UInt8]) {
        var taken = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            guard taken + width <= limit else {
                output.append(contentsOf: "…".utf8)
                return
            }
            taken += width
            append(scalar, to: &output)
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
        switch scalar.value {
        case 0x22, 0x5c:
            output.append(UInt8(ascii: "\\"))
            output.append(UInt8(scalar.value))
        case 0x20..<0x7f:
            output.append(UInt8(scalar.value))
        default:
            if isUnsafe(scalar.value) {
                appendEscape(scalar.value, to: &output)
            } else {
                output.append(contentsOf: UTF8.encode(scalar).map { Array($0) } ?? [])
            }
        }
    }

    /// Whether a character is a control or steers the text around it (Unicode UAX #9 §2, UTR #36).
    static func isUnsafe(_ value: UInt32) -> Bool {
        switch value {
        case 0..<0x20, 0x7f..<0xa0: true
        case 0x61c, 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069, 0xfeff: true
        case 0xe0000...0xe007f: true
        default: false
        }
    }

    private static func appendEscape(_ value: UInt32, to output: inout [UInt8]) {
        // Above the basic plane JSON wants a surrogate pair.
        if value > 0xffff {
            let offset = value - 0x10000
            appendEscape(0xd800 + (offset >> 10), to: &output)
            appendEscape(0xdc00 + (offset & 0x3ff), to: &output)
            return
        }
        output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "u")])
        for shift in stride(from: UInt32(12), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: (value >> shift) & 0xf)
            output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
