/// A text with placeholders in braces.
///
/// It is taken apart once; values are put in as they are, so braces in a value mean nothing. Other words in
/// braces stay as written: style sheets are full of them.
struct MailTemplate: Sendable, Equatable {
    enum Placeholder: String, CaseIterable, Sendable {
        case loginURL = "login_url"
        case expiryMinutes = "expiry_minutes"
        case code
        case brand
    }

    enum Piece: Sendable, Equatable {
        case text(Substring)
        case placeholder(Placeholder)
    }

    let lines: [[Piece]]

    init(_ source: String) {
        self.lines = source.split(omittingEmptySubsequences: false) { $0.isNewline }.map(Self.pieces)
    }

    func contains(_ placeholder: Placeholder) -> Bool {
        lines.contains { $0.contains(.placeholder(placeholder)) }
    }

    /// The text with every placeholder replaced by what `value` gives; a line that needs a value which is nil
    /// is left out.
    func render(_ value: (Placeholder) -> String?) -> String {
        lines.compactMap { Self.render($0, value) }.joined(separator: "\n")
    }

    static func render(
        _ line: [Piece], escape: (String) -> String = { $0 }, _ value: (Placeholder) -> String?
    ) -> String? {
        var output = ""
        for piece in line {
            switch piece {
            case .text(let text): output += escape(String(text))
            case .placeholder(let placeholder):
                guard let value = value(placeholder) else { return nil }
                output += value
            }
        }
        return output
    }

    private static func pieces(_ line: Substring) -> [Piece] {
        var pieces: [Piece] = []
        var rest = line
        while let (range, placeholder) = firstPlaceholder(in: rest) {
            if range.lowerBound > rest.startIndex { pieces.append(.text(rest[..<range.lowerBound])) }
            pieces.append(.placeholder(placeholder))
            rest = rest[range.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.text(rest)) }
        return pieces
    }

    private static func firstPlaceholder(in text: Substring) -> (Range<Substring.Index>, Placeholder)? {
        var searched = text
        while let open = searched.firstIndex(of: "{") {
            let inside = text[text.index(after: open)...]
            for placeholder in Placeholder.allCases where inside.hasPrefix(placeholder.rawValue + "}") {
                let end = text.index(inside.startIndex, offsetBy: placeholder.rawValue.count + 1)
                return (open..<end, placeholder)
            }
            searched = inside
        }
        return nil
    }
}
