internal import FoundationEssentials
internal import GateModel

/// Text in header fields: free text and display names, encoded where ASCII does not do (RFC 2047).
///
/// Controls become spaces, so nothing given here can end a field or begin another.
enum HeaderText {
    /// A whole free-text field such as `Subject: Hello`, folded, without the final CRLF.
    static func field(_ name: String, _ text: String) -> String {
        let prefix = "\(name): "
        let clean = withoutControls(text)
        guard isPlain(clean), prefix.utf8.count + clean.utf8.count <= lineLimit else {
            return prefix + encodedWords(clean, offset: prefix.utf8.count)
        }
        return prefix + clean
    }

    /// A whole address field such as `From: "Ann" <ann@example.com>`, folded, without the final CRLF.
    static func field(_ name: String, displayName: String?, address: EmailAddress) -> String {
        let prefix = "\(name): "
        let clean = displayName.map(withoutControls) ?? ""
        guard clean.contains(where: { $0 != " " }) else { return prefix + address.description }
        let phrase =
            isPlain(clean) && clean.utf8.count <= 60
            ? quoted(clean) : encodedWords(clean, offset: prefix.utf8.count)
        // The address stands in a line of its own: an encoded word may fill one (RFC 2047 §2).
        return "\(prefix)\(phrase)\r\n <\(address)>"
    }

    /// RFC 2047 §2: a line with an encoded word, and so that it is the same for all, any line of ours.
    private static let lineLimit = 76

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?") && text.last != " "
    }

    private static func withoutControls(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isBreak =
                scalar.properties.generalCategory == .control || scalar == "\u{2028}" || scalar == "\u{2029}"
            result.append(isBreak ? " " : scalar)
        }
        return String(result)
    }

    /// A quoted string (RFC 5322 §3.2.4).
    private static func quoted(_ text: String) -> String {
        "\"" + text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] } + "\""
    }

    /// Encoded words in base64, one a line; no character is cut in two (RFC 2047 §5).
    private static func encodedWords(_ text: String, offset: Int) -> String {
        var words: [String] = []
        var bytes: [UInt8] = []
        var room = roomBytes(offset: offset)
        for scalar in text.unicodeScalars {
            let encoded = Array(String(scalar).utf8)
            if bytes.count + encoded.count > room {
                words.append(word(bytes))
                bytes = []
                room = roomBytes(offset: 1)
            }
            bytes += encoded
        }
        words.append(word(bytes))
        return words.joined(separator: "\r\n ")
    }

    private static func word(_ bytes: [UInt8]) -> String {
        "=?utf-8?B?\(Data(bytes).base64EncodedString())?="
    }

    /// How many bytes an encoded word may carry in a line that is `offset` characters long already.
    private static func roomBytes(offset: Int) -> Int {
        let framing = "=?utf-8?B??=".utf8.count
        return (min(lineLimit - offset, 75) - framing) / 4 * 3
    }
}
