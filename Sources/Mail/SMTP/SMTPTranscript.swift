/// The record of a conversation for people: no password, link or code, no control characters, no end of lines.
struct SMTPTranscript: Sendable {
    private(set) var lines: [String] = []
    private let secrets: [String]

    private static let maximumLines = 120
    private static let maximumLineCharacters = 300

    /// - Parameter secrets: What is replaced by `(hidden)` wherever it appears.
    init(hiding secrets: [String]) {
        // A longer one first: the short one may be a part of it. One or two letters would hide everything.
        self.secrets = secrets.filter { $0.count > 2 }.sorted { $0.count > $1.count }
    }

    mutating func client(_ line: String) { append("C: ", line) }
    mutating func server(_ reply: SMTPReply) {
        if reply.lines.isEmpty { append("S: ", "\(reply.code)") }
        for line in reply.lines { append("S: ", "\(reply.code) \(line)") }
    }
    mutating func note(_ line: String) { append("* ", line) }

    /// The text with secrets hidden and controls shown, cut to a length fit for a log.
    func clean(_ text: String) -> String {
        var result = text
        for secret in secrets { result = Self.replacing(secret, in: result) }
        var shown = String.UnicodeScalarView()
        for scalar in result.unicodeScalars.prefix(Self.maximumLineCharacters) {
            shown.append(Self.isHarmless(scalar) ? scalar : "\u{fffd}")
        }
        return String(shown)
    }

    private mutating func append(_ prefix: String, _ text: String) {
        guard lines.count < Self.maximumLines else { return }
        lines.append(prefix + clean(text))
    }

    /// Controls move the cursor of a terminal, and characters of format turn its writing direction.
    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
            false
        default: true
        }
    }

    /// Compares bytes, not characters: an accent set behind a secret makes another character of its last one.
    private static func replacing(_ secret: String, in text: String) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let range = rest.firstRange(of: Array(secret.utf8)) {
            result += rest[..<range.lowerBound] + Array("(hidden)".utf8)
            rest = rest[range.upperBound...]
        }
        return String(decoding: result + rest, as: UTF8.self)
    }
}
