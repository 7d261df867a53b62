/// How a value stands in a TOML file.
enum TOMLText {
    /// A basic string (TOML 1.0): quotes, backslashes and control characters are escaped, the rest stands as it is.
    static func string(_ value: String) -> ConfigText {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            case "\t": escaped += "\\t"
            case "\r": escaped += "\\r"
            case "\u{0}"..."\u{1f}", "\u{7f}": escaped += escape(scalar)
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return ConfigText(quoted: "\"\(escaped)\"")
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
