import GateModel

// The kinds of values that are not Runegate's own: numbers, words, lists, durations.

extension ValueKind {
    /// Reads the text with `parse`; whatever that refuses is said in the words of `expected`.
    static func text(
        _ expected: String, allowsEmpty: Bool = false, parse: @escaping @Sendable (String) -> Value?
    ) -> ValueKind {
        ValueKind(expected, allowsEmpty: allowsEmpty) { raw throws(Malformed) in
            guard let value = parse(raw.text) else { throw Malformed(expected: expected) }
            return value
        }
    }
}

extension ValueKind where Value: RawRepresentable<String> & CaseIterable {
    /// One of the words of an enumeration.
    static func word() -> ValueKind {
        .text(Value.allCases.map(\.rawValue).joined(separator: " or ")) { Value(rawValue: $0) }
    }
}

extension ValueKind<Bool> {
    static let boolean = ValueKind.text("true or false") { text in
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}

extension ValueKind<Int> {
    static func integer(_ range: ClosedRange<Int>, of unit: String? = nil) -> ValueKind {
        let unit = unit.map { " \($0)" } ?? ""
        return .text("a whole number from \(range.lowerBound) to \(range.upperBound)\(unit)") { text in
            guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
                range.contains(value)
            else { return nil }
            return value
        }
    }
}

extension ValueKind {
    /// Elements with commas between; blanks around them are ignored.
    ///
    /// The message names the wrong one. `parse` says what one element means, or nil when it is none.
    static func list<Element>(
        of noun: String, example: String, parse: @escaping @Sendable (String) -> [Element]?
    ) -> ValueKind where Value == [Element] {
        let expected = "\(noun) with commas between, such as \(example)"
        return ValueKind(expected, isList: true) { raw throws(Malformed) in
            var elements: [Element] = []
            for text in raw.text.split(separator: ",").map(trimmed) where !text.isEmpty {
                guard let parsed = parse(text) else {
                    throw Malformed(expected: "\(expected); \"\(RawValue.printable(text))\" is none")
                }
                elements += parsed
            }
            return elements
        }
    }
}

/// The text without white space at its ends.
func trimmed(_ text: Substring) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
}

extension ValueKind<Duration> {
    /// A number and a unit, such as `500ms`, `30s`, `10m`, `24h`, `7d`.
    ///
    /// A number without a unit means `bareUnit`; with none such it is refused.
    static func duration(
        _ range: ClosedRange<Duration>, bareUnit: DurationText.Unit? = nil
    ) -> ValueKind {
        let bare = bareUnit.map { "; a number alone means \($0.noun)" } ?? ""
        let expected =
            "a duration from \(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound)), "
            + "with ms, s, m, h or d behind the number\(bare)"
        return .text(expected) { text in
            guard let duration = DurationText.parse(text, bareUnit: bareUnit), range.contains(duration) else {
                return nil
            }
            return duration
        }
    }
}
