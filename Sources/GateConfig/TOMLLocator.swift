/// Finds where the keys of a TOML text stand; TOMLKit tells positions of syntax errors only.
///
/// It walks over a text that TOMLKit has already accepted, so it checks nothing: it only has to know where
/// values end. Keys inside of tables are not looked at; the table's own name counts as a key.
struct TOMLLocator {
    struct Place: Equatable {
        var key: TextPosition
        var value: TextPosition
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var position = TextPosition()

    private init(_ text: String) {
        self.scalars = Array(text.unicodeScalars)
    }

    /// The places of the keys at the top level, by name.
    static func places(in text: String) -> [String: Place] {
        var locator = TOMLLocator(text)
        return locator.scan()
    }

    /// Where the first character stands that the library must not see; nil when all is well.
    ///
    /// It ends the process over some that TOML 1.0 has no place for, instead of saying so: characters beyond ASCII
    /// outside of strings and comments, a table whose name does not begin like a name, and a brace that closes where an
    /// array was opened. The text need not be TOML: behind its first syntax error the answer does not matter.
    static func impossibleCharacter(in text: String) -> TextPosition? {
        var locator = TOMLLocator(text)
        return locator.findImpossible()
    }

    private mutating func findImpossible() -> TextPosition? {
        if current == "\u{feff}" { step() }
        var open: [Unicode.Scalar] = []
        var isAtStart = true
        while let scalar = current {
            switch scalar {
            case " ", "\t", "\r": step()
            case "\n":
                step()
                if open.isEmpty { isAtStart = true }
            case "#": skipLine()
            case "[" where isAtStart:
                isAtStart = false
                step()
                if current == "[" { step() }
                skipBlanks()
                if let first = current, !Self.beginsName(first) { return position }
            default:
                guard scalar.value < 0x80 else { return position }
                isAtStart = false
                if scalar == "}", open.last == "[" { return position }
                if scalar == "[" || scalar == "{" { open.append(scalar) }
                if scalar == "]" || scalar == "}" { _ = open.popLast() }
                if scalar == "\"" || scalar == "'" { skipString(scalar) } else { step() }
            }
        }
        return nil
    }

    private static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", "\"", "'": true
        default: false
        }
    }

    private var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func step() {
        position.advance(over: scalars[index])
        index += 1
    }

    private mutating func scan() -> [String: Place] {
        var places: [String: Place] = [:]
        var isInTable = false
        while true {
            skipToExpression()
            guard let first = current else { return places }
            let start = position
            if first == "[" {
                isInTable = true
                while current == "[" { step() }
                let name = takeKey()
                if places[name] == nil { places[name] = Place(key: start, value: start) }
                skipLine()
            } else {
                let name = takeKey()
                while let scalar = current, scalar != "=" { step(over: scalar) }
                if current != nil { step() }
                skipBlanks()
                if !isInTable, places[name] == nil { places[name] = Place(key: start, value: position) }
                skipValue()
            }
        }
    }

    /// The first part of a key, bare or quoted.
    private mutating func takeKey() -> String {
        skipBlanks()
        var name = String.UnicodeScalarView()
        if let quote = current, quote == "\"" || quote == "'" {
            step()
            while let scalar = current, scalar != quote {
                name.append(scalar)
                step()
            }
            if current != nil { step() }
        } else {
            while let scalar = current, !" \t.=]\r\n".unicodeScalars.contains(scalar) {
                name.append(scalar)
                step()
            }
        }
        return String(name)
    }

    /// Steps over the rest of a dotted key; a quoted part of it may hold a `=`.
    private mutating func step(over scalar: Unicode.Scalar) {
        if scalar == "\"" || scalar == "'" { _ = takeKey() } else { step() }
    }

    private mutating func skipToExpression() {
        while let scalar = current {
            if scalar == "#" {
                skipLine()
            } else if " \t\r\n\u{feff}".unicodeScalars.contains(scalar) {
                step()
            } else {
                return
            }
        }
    }

    private mutating func skipBlanks() {
        while let scalar = current, scalar == " " || scalar == "\t" { step() }
    }

    private mutating func skipLine() {
        while let scalar = current, scalar != "\n" { step() }
    }

    /// Steps over a value: to the end of its line, or of the brackets that it opens.
    private mutating func skipValue() {
        var depth = 0
        while let scalar = current {
            switch scalar {
            case "\"", "'": skipString(scalar)
            case "[", "{":
                depth += 1
                step()
            case "]", "}":
                depth -= 1
                step()
            case "#": skipLine()
            case "\n":
                if depth <= 0 { return }
                step()
            default: step()
            }
        }
    }

    private mutating func skipString(_ quote: Unicode.Scalar) {
        let isMultiLine = isTripled(quote)
        for _ in 0..<(isMultiLine ? 3 : 1) { step() }
        while let scalar = current {
            if scalar == "\\", quote == "\"" {
                step()
                if current != nil { step() }
            } else if scalar == quote, !isMultiLine || isTripled(quote) {
                // A multi-line string may end in up to two quotes of its own (TOML 1.0, String).
                while isMultiLine, index + 3 < scalars.count, scalars[index + 3] == quote { step() }
                for _ in 0..<(isMultiLine ? 3 : 1) { step() }
                return
            } else {
                step()
            }
        }
    }

    private func isTripled(_ quote: Unicode.Scalar) -> Bool {
        index + 2 < scalars.count && scalars[index...index + 2].allSatisfy { $0 == quote }
    }
}
