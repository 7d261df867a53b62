import GateModel

/// A value as it was written, and where.
package struct RawValue: Sendable {
    /// The text; of a TOML list its elements, with commas between.
    let text: String
    /// The bytes of a credential, which may be no text.
    let bytes: [UInt8]
    let place: ConfigError.Place

    init(text: String, place: ConfigError.Place) {
        self.text = text
        self.bytes = Array(text.utf8)
        self.place = place
    }

    /// Takes a credential; the newline that editors and `openssl rand` leave behind a text is no part of it.
    init(credential name: String, bytes: [UInt8]) {
        var bytes = bytes
        if bytes.last == UInt8(ascii: "\n"),
            bytes.dropLast().allSatisfy({ (0x20..<0x7f).contains($0) || $0 == 0x0d })
        {
            bytes.removeLast()
            if bytes.last == 0x0d { bytes.removeLast() }
        }
        self.text = String(decoding: bytes, as: UTF8.self)
        self.bytes = bytes
        self.place = .credential(name)
    }

    /// The value for a message: control characters as `\u{…}`, and not more than a line of it.
    var found: ConfigError.Found { .text(Self.printable(text)) }

    static func printable(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars.prefix(120) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                output += "\\u{\(String(scalar.value, radix: 16))}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.count > 120 ? output + "…" : output
    }
}
