import GateConfig
import GateModel

/// Turns answers into checked values and collects what is wrong with them.
struct AnswerReader {
    let sheet: AnswerSheet
    private(set) var problems: [ConfigError] = []

    init(_ sheet: AnswerSheet) {
        self.sheet = sheet
    }

    /// The value of one answer; nil when nothing was answered, or something wrong.
    mutating func value<Value>(
        _ key: AnswerKey, _ make: (String) throws(Malformed) -> Value
    ) -> Value? {
        guard let answer = sheet[key] else { return nil }
        guard answer.texts.count == 1, let text = answer.texts.first else {
            complain(key, text: answer.texts.joined(separator: ", "), expected: "one value, not several")
            return nil
        }
        return read(key, text, make)
    }

    /// The values of an answer that may be a list; each text may hold several with commas between.
    mutating func values<Value>(
        _ key: AnswerKey, _ make: (String) throws(Malformed) -> Value
    ) -> [Value]? {
        guard let answer = sheet[key] else { return nil }
        var values: [Value] = []
        for text in answer.texts.flatMap({ $0.split(separator: ",") }) {
            if let value = read(key, String(text.drop { $0 == " " }), make) { values.append(value) }
        }
        return values
    }

    /// Yes or no.
    mutating func flag(_ key: AnswerKey) -> Bool? {
        value(key) { text throws(Malformed) in
            switch text {
            case "true", "yes": true
            case "false", "no": false
            default: throw Malformed(expected: "true or false")
            }
        }
    }

    /// Says that an answer is wrong, or missing when `text` is nil.
    mutating func complain(_ key: AnswerKey, text: String?, expected: String) {
        let found: ConfigError.Found =
            text.map { key.isSecret ? .hidden : .text(Self.printable($0)) } ?? .nothing
        problems.append(
            ConfigError(
                place: sheet[key]?.place ?? .flag(key.flag), key: key.rawValue, found: found,
                expected: expected))
    }

    private mutating func read<Value>(
        _ key: AnswerKey, _ text: String, _ make: (String) throws(Malformed) -> Value
    ) -> Value? {
        do throws(Malformed) {
            return try make(text)
        } catch {
            complain(key, text: text, expected: error.expected)
            return nil
        }
    }

    /// A wrong answer is shown, and must not steer the terminal.
    private static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
    }
}
