import GateModel

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
        mutating func appendInterpolation(_ value: String) { text += HTMLText.escaped(value) }

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
}
