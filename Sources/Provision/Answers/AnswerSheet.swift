import GateConfig
package import GateModel

/// What was answered, as text, each with its place; the last answer to a question counts.
package struct AnswerSheet: Sendable {
    package struct Answer: Sendable, Hashable {
        let texts: [String]
        let place: ConfigError.Place
    }

    private var answers: [AnswerKey: Answer] = [:]

    package init() {}

    /// Reads an answers file: flat TOML, keys as ``AnswerKey/fileName``.
    package static func file(_ text: String, path: String) -> Result<AnswerSheet, AnswerProblems> {
        var sheet = AnswerSheet()
        var problems: [ConfigError] = []
        switch TOMLFile.parse(text, path: path, hidesText: true) {
        case .failure(let error): problems.append(error)
        case .success(let file):
            for entry in file.entries {
                guard let key = AnswerKey.allCases.first(where: { $0.fileName == entry.key }) else {
                    let known = AnswerKey.allCases.map(\.fileName).joined(separator: ", ")
                    problems.append(
                        ConfigError(
                            place: entry.keyPlace, key: "the key", found: .text(entry.key),
                            expected: "one of \(known)"))
                    continue
                }
                switch entry.value {
                case .text(let text): sheet.answers[key] = Answer(texts: [text], place: entry.valuePlace)
                case .list(let text):
                    let texts = text.split(separator: ",").map(String.init)
                    sheet.answers[key] = Answer(texts: texts, place: entry.valuePlace)
                case .unusable(let what):
                    problems.append(
                        ConfigError(
                            place: entry.valuePlace, key: entry.key, found: .text(what),
                            expected: "a text or a list of texts"))
                }
            }
        }
        return problems.isEmpty ? .success(sheet) : .failure(AnswerProblems(problems))
    }

    /// Notes an answer of the command line or the terminal; none leaves what an answers file said.
    package mutating func note(_ key: AnswerKey, _ texts: [String], from place: ConfigError.Place? = nil) {
        guard !texts.isEmpty else { return }
        answers[key] = Answer(texts: texts, place: place ?? .flag(key.flag))
    }

    package func has(_ key: AnswerKey) -> Bool { answers[key] != nil }

    /// Whether the answer is exactly `text`.
    package func says(_ key: AnswerKey, _ text: String) -> Bool { answers[key]?.texts == [text] }

    subscript(key: AnswerKey) -> Answer? { answers[key] }
}

/// Every wrong or missing answer.
package struct AnswerProblems: Error, Sendable, CustomStringConvertible {
    package let list: [ConfigError]

    package init(_ list: [ConfigError]) {
        self.list = list
    }

    package var description: String { list.map(Self.line).joined(separator: "\n") }

    /// A flag is its own name; of a file's line the key is named, too.
    private static func line(_ problem: ConfigError) -> String {
        guard case .flag(let name) = problem.place, name.hasPrefix("--") else { return problem.description }
        return "\(name) \(problem.found); expected \(problem.expected)"
    }
}
