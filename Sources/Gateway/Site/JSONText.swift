// The JSON that we answer with: written in the order given, every text escaped (RFC 8259 §7).

/// A JSON value to be written.
enum JSONText: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByDictionaryLiteral
{
    case text(String)
    case number(Int)
    case truth(Bool)
    case list([JSONText])
    case object([(String, JSONText)])

    init(stringLiteral value: String) { self = .text(value) }
    init(integerLiteral value: Int) { self = .number(value) }
    init(booleanLiteral value: Bool) { self = .truth(value) }
    init(dictionaryLiteral elements: (String, JSONText)...) { self = .object(elements) }

    /// The value in UTF-8, with a line feed at the end: people read it with curl.
    var bytes: [UInt8] {
        var output = ""
        write(to: &output)
        return Array(output.utf8) + [0x0a]
    }

    private func write(to output: inout String) {
        switch self {
        case .text(let text): Self.quote(text, into: &output)
        case .number(let number): output += String(number)
        case .truth(let truth): output += truth ? "true" : "false"
        case .list(let values):
            output += "["
            for (index, value) in values.enumerated() {
                if index > 0 { output += "," }
                value.write(to: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { output += "," }
                Self.quote(member.0, into: &output)
                output += ":"
                member.1.write(to: &output)
            }
            output += "}"
        }
    }

    /// Besides what RFC 8259 demands, `<` and U+2028/9 are escaped, so that the text is harmless wherever it
    /// is pasted.
    private static func quote(_ text: String, into output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "<", "\u{0}"..<"\u{20}", "\u{7f}", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
