package import GateModel

/// One line that a person typed: any characters but those that no line holds.
///
/// Each format quotes it in its own way. What no format can hold, or what a reader could not see, is refused here:
/// control characters, line and paragraph separators, and the marks that turn the direction of a text around.
package struct PlainText: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// Reads the line without the blanks around it; at most 200 bytes.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let trimmed = Self.trimmed(text)
        guard !trimmed.isEmpty, trimmed.utf8.count <= 200,
            trimmed.unicodeScalars.allSatisfy(Self.isVisible)
        else { throw Malformed(expected: "one line of at most 200 bytes, without control characters") }
        self.text = trimmed
    }

    /// Whether the character shows as itself and stays in its line.
    static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: false
        // U+200D joins emoji; the others of the category turn the text's direction or hide.
        case .format: scalar == "\u{200d}"
        default: true
        }
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let tail = text.drop { $0 == " " || $0 == "\t" }
        guard let end = tail.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
        return String(tail[...end])
    }

    package var description: String { text }
}
