/// Text that becomes part of a page or of a mail's HTML.
package enum HTMLText {
    /// The text as element content or as a quoted attribute.
    ///
    /// The five characters that HTML gives a meaning become references; controls and bidirectional overrides,
    /// which could disguise the rest, become U+FFFD.
    package static func escaped(_ text: String) -> String {
        var output = ""
        output.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            case "\t", "\n": output.unicodeScalars.append(scalar)
            case "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}", "\u{202a}"..."\u{202e}", "\u{2066}"..."\u{2069}":
                output += "\u{fffd}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
