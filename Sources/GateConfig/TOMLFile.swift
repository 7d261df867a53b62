package import GateModel
import TOMLKit

/// The keys and values of a flat TOML file, with their places.
package struct TOMLFile {
    package enum Value {
        case text(String)
        /// The elements, with commas between.
        case list(String)
        /// Something that no setting is, such as a table; what it is, in TOML's words.
        case unusable(String)
    }

    package struct Entry {
        package var key: String
        package var value: Value
        package var keyPlace: ConfigError.Place
        package var valuePlace: ConfigError.Place
    }

    /// In the order of the text.
    package var entries: [Entry]

    /// Reads the text of the file at `path`.
    ///
    /// With `hidesText`, since the file may hold a secret, no piece of it gets into a message.
    package static func parse(_ text: String, path: String, hidesText: Bool) -> Result<TOMLFile, ConfigError>
    {
        // The library takes C strings: it would stop at a NUL and call the rest absent.
        guard !text.utf8.contains(0), !escapesNUL(text) else {
            return .failure(syntaxError(at: 0, 0, in: path, text: "", expected: "a text without NUL"))
        }
        if let place = TOMLLocator.impossibleCharacter(in: text) {
            let found = hidesText ? nil : line(place.line, of: text)
            return .failure(
                syntaxError(
                    at: place.line, place.column, in: path, text: found,
                    expected: "valid TOML: key = \"value\", with quotes around what is not plain ASCII"))
        }
        do {
            let table = try TOMLTable(string: text)
            let places = TOMLLocator.places(in: text)
            let entries = table.map { key, value in
                let place = places[key] ?? TOMLLocator.Place(key: TextPosition(), value: TextPosition())
                return (
                    place,
                    Entry(
                        key: key, value: Self.value(value), keyPlace: .file(path: path, place.key),
                        valuePlace: .file(path: path, place.value))
                )
            }
            return .success(
                TOMLFile(entries: entries.sorted { $0.0.key < $1.0.key }.map(\.1)))
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            return .failure(
                syntaxError(
                    at: begin.line, begin.column, in: path,
                    text: hidesText ? nil : line(begin.line, of: text),
                    expected: hidesText ? "valid TOML: key = \"value\"" : "valid TOML: \(error.description)"))
        } catch {
            return .failure(syntaxError(at: 0, 0, in: path, text: nil, expected: "valid TOML"))
        }
    }

    /// Whether an escape in it stands for NUL; a backslash that is itself escaped begins none.
    private static func escapesNUL(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while let start = rest.firstIndex(of: UInt8(ascii: "\\")) {
            rest = rest[(start + 1)...]
            if rest.starts(with: "u0000".utf8) || rest.starts(with: "U00000000".utf8) { return true }
            rest = rest.dropFirst()
        }
        return false
    }

    private static func value(_ value: any TOMLValueConvertible) -> Value {
        if let text = value.string { return .text(text) }
        if let flag = value.bool { return .text(flag ? "true" : "false") }
        if let number = value.int { return .text(String(number)) }
        guard let array = value.array else { return .unusable("a \(value.type)") }
        var elements: [String] = []
        for element in array {
            switch Self.value(element) {
            case .text(let text) where !text.contains(","): elements.append(text)
            case .text: return .unusable("a list with a comma in an element")
            case .list, .unusable: return .unusable("a list of something else than texts")
            }
        }
        return .list(elements.joined(separator: ","))
    }

    private static func line(_ number: Int, of text: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return number >= 1 && number <= lines.count ? String(lines[number - 1]) : nil
    }

    private static func syntaxError(
        at line: Int, _ column: Int, in path: String, text: String?, expected: String
    ) -> ConfigError {
        ConfigError(
            place: .file(path: path, line: line, column: column), key: "the line",
            found: text.map { .text(RawValue.printable($0)) } ?? .hidden, expected: expected)
    }
}

extension TextPosition: Comparable {
    static func < (left: TextPosition, right: TextPosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

extension ConfigError.Place {
    /// A place in the file at `path`.
    static func file(path: String, _ position: TextPosition) -> ConfigError.Place {
        .file(path: path, line: position.line, column: position.column)
    }
}
