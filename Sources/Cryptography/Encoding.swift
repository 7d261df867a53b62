/// base64url without padding (RFC 4648 §5), as JWS uses it.
package enum Base64URL {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count * 4 / 3 + 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                output.append(alphabet[Int(buffer >> UInt32(bits)) & 0x3f])
            }
        }
        if bits > 0 { output.append(alphabet[Int(buffer << UInt32(6 - bits)) & 0x3f]) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes, or nil for any character outside the alphabet, padding, or bits that no encoder sets: one
    /// value has one spelling, so a changed token never decodes to the same bytes.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count % 4 != 1 else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            let value = values[Int(character)]
            guard value != 0xff else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard buffer & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return output
    }
}

/// Lower-case hexadecimal.
package enum Hex {
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xf)]] }, as: UTF8.self)
    }

    /// The bytes, or nil when the text is not an even number of hexadecimal digits of either case.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        let nibbles = text.utf8.map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
            default: 0xff
            }
        }
        guard nibbles.count.isMultiple(of: 2), !nibbles.contains(0xff) else { return nil }
        return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}

/// base32 in Crockford's alphabet, for what people read and type: no I, L, O, U.
package enum Base32 {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// Five bits a character, from the front; the last one is filled up with zeros.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                output.append(alphabet[Int(buffer >> UInt32(bits)) & 0x1f])
            }
        }
        if bits > 0 { output.append(alphabet[Int(buffer << UInt32(5 - bits)) & 0x1f]) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes of text in the one spelling that ``encode(_:)`` gives.
    ///
    /// - Returns: Nil for a character outside the alphabet, and where the bits to fill up with are not zero or make
    ///   up a whole character.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var output: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for character in text.utf8 {
            guard let value = value(of: character) else { return nil }
            buffer = (buffer << 5 | UInt32(value)) & 0xffff
            bits += 5
            if bits >= 8 {
                bits -= 8
                output.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 5, buffer & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return output
    }

    /// The five bits that a character of the alphabet stands for.
    package static func value(of character: UInt8) -> UInt8? {
        alphabet.firstIndex(of: character).map { UInt8($0) }
    }

    /// The character that stands for five bits.
    package static func character(for value: UInt8) -> UInt8 { alphabet[Int(value & 0x1f)] }

    /// What a person typed, in the one spelling ``encode(_:)`` gives: upper-case, `I L` read as 1, `O` as 0,
    /// spaces and hyphens dropped.
    ///
    /// Nil when another character is in it.
    package static func canonical(_ text: some StringProtocol) -> String? {
        var output: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "l"), UInt8(ascii: "L"):
                output.append(UInt8(ascii: "1"))
            case UInt8(ascii: "o"), UInt8(ascii: "O"): output.append(UInt8(ascii: "0"))
            default:
                let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
                guard alphabet.contains(upper) else { return nil }
                output.append(upper)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
