/// How a value stands in `runegate.env`.
enum EnvironmentText {
    /// `NAME=value` in a line of its own.
    static func line(_ name: ConfigText, _ value: String) -> ConfigText {
        "\(name)=\(quoted(value))\n"
    }

    /// The value in single quotes, in which everything stands for itself, or in double quotes when it holds one.
    ///
    /// No quotes around plain words, as a person would write them.
    static func quoted(_ value: String) -> ConfigText {
        if !value.isEmpty, value.utf8.allSatisfy(isPlain) { return ConfigText(quoted: value) }
        if !value.contains("'"), !value.contains("\n") { return ConfigText(quoted: "'\(value)'") }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "$": escaped += "\\$"
            // Nothing to us, but a command to a shell that somebody reads the file with.
            case "`": escaped += "\\`"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return ConfigText(quoted: "\"\(escaped)\"")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._:/@,+-[]".utf8.contains(byte)
        }
    }
}
