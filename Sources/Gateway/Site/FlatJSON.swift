// A strict reader for the one JSON shape we take: a flat object (RFC 8259). Nesting, duplicate names,
// unpaired surrogates and trailing bytes are refused, so that nothing can be read in two ways.

/// Reads a flat JSON object.
struct FlatJSON {
    /// The string members by name; nil when the bytes are not a flat object in UTF-8.
    static func strings(_ bytes: [UInt8]) -> [String: String]? {
        guard String(validating: bytes, as: UTF8.self) != nil else { return nil }
        var reader = FlatJSON(rest: bytes[...])
        return reader.object()
    }

    private enum Value {
        case string(String)
        case other
    }

    private var rest: ArraySlice<UInt8>

    private mutating func object() -> [String: String]? {
        var members: [String: String] = [:]
        var names: Set<String> = []
        guard take("{") else { return nil }
        if !take("}") {
            repeat {
                guard let name = string(), names.insert(name).inserted, take(":"), let value = value() else {
                    return nil
                }
                if case .string(let text) = value { members[name] = text }
            } while take(",")
            guard take("}") else { return nil }
        }
        skipBlanks()
        return rest.isEmpty ? members : nil
    }

    private mutating func value() -> Value? {
        skipBlanks()
        if rest.first == UInt8(ascii: "\"") { return string().map(Value.string) }
        for word in ["true", "false", "null"] where rest.starts(with: word.utf8) {
            rest = rest.dropFirst(word.utf8.count)
            return .other
        }
        return number() ? .other : nil
    }

    private mutating func number() -> Bool {
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: "0") { rest = rest.dropFirst() } else if !digits() { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() else { return false }
        }
        if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                rest = rest.dropFirst()
            }
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let after = rest.drop { (0x30...0x39).contains($0) }
        defer { rest = after }
        return after.count < rest.count
    }

    private mutating func string() -> String? {
        guard take("\"") else { return nil }
        var output: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: output, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                output += Array(String(Character(scalar)).utf8)
            case 0..<0x20: return nil
            default: output.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): "\""
        case UInt8(ascii: "\\"): "\\"
        case UInt8(ascii: "/"): "/"
        case UInt8(ascii: "b"): "\u{8}"
        case UInt8(ascii: "f"): "\u{c}"
        case UInt8(ascii: "n"): "\n"
        case UInt8(ascii: "r"): "\r"
        case UInt8(ascii: "t"): "\t"
        case UInt8(ascii: "u"): unicodeEscape()
        default: nil
        }
    }

    private mutating func unicodeEscape() -> Unicode.Scalar? {
        guard let unit = fourHexDigits() else { return nil }
        guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
        guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"),
            let trail = fourHexDigits(), UTF16.isTrailSurrogate(trail)
        else { return nil }
        return Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + (UInt32(trail) - 0xdc00))
    }

    private mutating func fourHexDigits() -> UInt16? {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
            return nil
        }
        rest = rest.dropFirst(4)
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }
    }
}
