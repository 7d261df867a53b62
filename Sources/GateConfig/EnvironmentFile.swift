/// A `.env` file: `NAME=value` lines, `#` comments, an optional `export`, quotes as in a shell.
///
/// Within single quotes everything stands for itself; within double quotes ``\n \t \" \\ \$ \` `` are escapes.
/// There is no expansion of variables, and a quote ends in its line.
enum EnvironmentFile {
    struct Assignment: Equatable {
        var name: String
        var namePosition: TextPosition
        var value: String
        var valuePosition: TextPosition
    }

    /// What a line should have been.
    struct SyntaxError: Error, Equatable {
        var position: TextPosition
        var expected: String
    }

    /// All assignments and all errors, in the order of the lines.
    static func parse(_ text: String) -> (assignments: [Assignment], errors: [SyntaxError]) {
        var assignments: [Assignment] = []
        var errors: [SyntaxError] = []
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            var scalars = Array(line)
            if scalars.last == "\r" { scalars.removeLast() }
            if index == 0, scalars.first == "\u{feff}" { scalars.removeFirst() }
            var scanner = LineScanner(scalars: scalars, line: index + 1)
            do throws(SyntaxError) {
                if let assignment = try scanner.assignment() { assignments.append(assignment) }
            } catch {
                errors.append(error)
            }
        }
        return (assignments, errors)
    }
}

/// Reads one line of a `.env` file.
private struct LineScanner {
    let scalars: [Unicode.Scalar]
    let line: Int
    var index = 0

    init(scalars: [Unicode.Scalar], line: Int) {
        self.scalars = scalars
        self.line = line
    }

    private var position: TextPosition { TextPosition(line: line, column: index + 1) }
    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    /// The line's assignment; nil for a blank line or a comment.
    mutating func assignment() throws(EnvironmentFile.SyntaxError) -> EnvironmentFile.Assignment? {
        skipBlanks()
        guard let first = current, first != "#" else { return nil }
        var start = position
        var name = takeName()
        if name == "export", let next = current, isBlank(next) {
            skipBlanks()
            start = position
            name = takeName()
        }
        guard !name.isEmpty else { throw error("NAME=value, a comment with #, or nothing") }
        skipBlanks()
        guard current == "=" else { throw error("= behind the name") }
        index += 1
        skipBlanks()
        let valueStart = position
        let value = try takeValue()
        return EnvironmentFile.Assignment(
            name: name, namePosition: start, value: value, valuePosition: valueStart)
    }

    private mutating func takeName() -> String {
        var name = String.UnicodeScalarView()
        while let scalar = current, isNameScalar(scalar, isFirst: name.isEmpty) {
            name.append(scalar)
            index += 1
        }
        return String(name)
    }

    private mutating func takeValue() throws(EnvironmentFile.SyntaxError) -> String {
        guard let quote = current, quote == "\"" || quote == "'" else { return takeBareValue() }
        index += 1
        var value = String.UnicodeScalarView()
        while let scalar = current, scalar != quote {
            if scalar == "\\", quote == "\"" { value.append(try takeEscape()) } else { value.append(scalar) }
            index += 1
        }
        guard current == quote else { throw error("the closing \(quote) in this line") }
        index += 1
        skipBlanks()
        guard current == nil || current == "#" else {
            throw error("nothing but a comment behind the closing \(quote)")
        }
        return String(value)
    }

    /// The escaped character; stands on its last scalar afterwards.
    private mutating func takeEscape() throws(EnvironmentFile.SyntaxError) -> Unicode.Scalar {
        index += 1
        switch current {
        case "n": return "\n"
        case "t": return "\t"
        case "\"": return "\""
        case "\\": return "\\"
        case "$": return "$"
        case "`": return "`"
        default: throw error("n, t, \", \\, $ or ` behind a backslash in double quotes; or single quotes")
        }
    }

    /// Up to the end of the line or a comment, which needs a blank before its `#`.
    private mutating func takeBareValue() -> String {
        var value: [Unicode.Scalar] = []
        while let scalar = current {
            if scalar == "#", value.isEmpty || value.last.map(isBlank) == true { break }
            value.append(scalar)
            index += 1
        }
        while let last = value.last, isBlank(last) { value.removeLast() }
        var text = String.UnicodeScalarView()
        text.append(contentsOf: value)
        return String(text)
    }

    private mutating func skipBlanks() {
        while let scalar = current, isBlank(scalar) { index += 1 }
    }

    private func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    private func isNameScalar(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "_": true
        case "0"..."9": !isFirst
        default: false
        }
    }

    private func error(_ expected: String) -> EnvironmentFile.SyntaxError {
        EnvironmentFile.SyntaxError(position: position, expected: expected)
    }
}
