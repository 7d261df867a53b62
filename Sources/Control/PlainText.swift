/// Text of strangers, such as a browser's name, that is about to be shown.
package enum PlainText {
    /// The text with every control, and every mark that changes its direction, as U+FFFD: neither a terminal
    /// nor a page can be steered by it.
    package static func withoutControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\u{0}"..<"\u{20}", "\u{7f}"..<"\u{a0}", "\u{200e}"..."\u{200f}", "\u{2028}"..."\u{202e}",
                "\u{2066}"..."\u{2069}":
                result.append("\u{fffd}")
            default:
                result.append(scalar)
            }
        }
        return String(result)
    }
}
