/// The JSON that our tokens are made of, and the only one we take from visitors: one flat object of strings and whole numbers.
///
/// Anything that two readers could understand differently is refused: duplicate names, floating-point and
/// oversized numbers, invalid UTF-8, lone surrogates, and what follows the object (RFC 8259; RFC 8725 §2.6).
package struct StrictJSON {
    package enum Value: Equatable {
        case string(String)
        case integer(Int64)

        package var string: String? {
            guard case .string(let text) = self else { return nil }
            return text
        }

        var integer: Int64? {
            guard case .integer(let number) = self else { return nil }
            return number
        }
    }

    private struct NotStrict: Error {}

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The members of the object, or nil when the text is anything else.
    package static func object(_ bytes: [UInt8]) -> [String: Value]? {
        var reader = StrictJSON(bytes)
        return try? reader.readObject()
    }

    private mutating func readObject() throws(NotStrict) -> [String: Value] {
        var members: [String: Value] = [:]
        skipSpace()
        try expect(UInt8(ascii: "{"))
        skipSpace()
        if peek != UInt8(ascii: "}") {
            while true {
                skipSpace()
                let name = try readString()
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                guard members.updateValue(try readValue(), forKey: name) == nil else { throw NotStrict() }
                skipSpace()
                guard peek == UInt8(ascii: ",") else { break }
                position += 1
            }
        }
        try expect(UInt8(ascii: "}"))
        skipSpace()
        guard position == bytes.count else { throw NotStrict() }
        return members
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func next() throws(NotStrict) -> UInt8 {
        guard let byte = peek else { throw NotStrict() }
        position += 1
        return byte
    }

    private mutating func expect(_ byte: UInt8) throws(NotStrict) {
        guard try next() == byte else { throw NotStrict() }
    }

    private mutating func skipSpace() {
        while let byte = peek, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    private mutating func readValue() throws(NotStrict) -> Value {
        peek == UInt8(ascii: "\"") ? .string(try readString()) : .integer(try readInteger())
    }

    /// At most 15 digits: every reader of JSON keeps such a number exactly (RFC 8259 §6).
    private mutating func readInteger() throws(NotStrict) -> Int64 {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        let firstDigit = position
        while let byte = peek, (0x30...0x39).contains(byte) { position += 1 }
        let digits = bytes[firstDigit..<position]
        guard (1...15).contains(digits.count), digits.count == 1 || digits.first != 0x30,
            peek.map({ ![0x2e, 0x65, 0x45].contains($0) }) ?? true,
            let number = Int64(String(decoding: bytes[start..<position], as: UTF8.self))
        else { throw NotStrict() }
        return number
    }

    private mutating func readString() throws(NotStrict) -> String {
        try expect(UInt8(ascii: "\""))
        var content: [UInt8] = []
        while true {
            let byte = try next()
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw NotStrict() }
                return text
            case UInt8(ascii: "\\"):
                content += Array(String(try readEscape()).utf8)
            case ..<0x20:
                throw NotStrict()
            default:
                content.append(byte)
            }
        }
    }

    private mutating func readEscape() throws(NotStrict) -> Character {
        switch try next() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try readUnicodeEscape())
        default: throw NotStrict()
        }
    }

    /// One scalar: four digits, or a pair of surrogates.
    private mutating func readUnicodeEscape() throws(NotStrict) -> Unicode.Scalar {
        let first = try readFourDigits()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xd800..<0xdc00).contains(first) else { throw NotStrict() }
        try expect(UInt8(ascii: "\\"))
        try expect(UInt8(ascii: "u"))
        let second = try readFourDigits()
        guard (0xdc00..<0xe000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw NotStrict() }
        return scalar
    }

    private mutating func readFourDigits() throws(NotStrict) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try next())).hexDigitValue else { throw NotStrict() }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}

extension StrictJSON {
    /// Writes an object with its members in the given order, without spaces.
    static func encode(_ members: [(name: String, value: Value)]) -> [UInt8] {
        let texts = members.map { name, value in
            switch value {
            case .string(let text): "\(quoted(name)):\(quoted(text))"
            case .integer(let number): "\(quoted(name)):\(number)"
            }
        }
        return Array("{\(texts.joined(separator: ","))}".utf8)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
