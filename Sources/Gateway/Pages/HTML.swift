// HTML as a type: whatever is put into a literal is escaped, unless it is HTML already. There is no way to
// forget it.

/// A piece of HTML.
struct HTML: ExpressibleByStringInterpolation, Sendable, Equatable {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 32)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        /// Text, escaped for element content and for quoted attributes alike.
        mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }

        mutating func appendInterpolation(_ value: Int) { text += String(value) }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        /// HTML where there is some, else nothing.
        mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }
    }

    private(set) var text: String

    init(stringLiteral value: String) { self.text = value }

    init(stringInterpolation: StringInterpolation) { self.text = stringInterpolation.text }

    init(joining pieces: [HTML]) { self.text = pieces.map(\.text).joined() }

    var bytes: [UInt8] { Array(text.utf8) }

    /// The text with the five characters that HTML gives a meaning as references, and without what would
    /// change how the rest is read: controls and bidirectional overrides become U+FFFD.
    static func escaped(_ text: String) -> String {
        var output = ""
        output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            case "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
                output += "\u{fffd}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
