internal import Foundation

/// What the demo wants to know of a mail in the outbox: to whom it goes, and the text part.
struct Letter: Equatable {
    let recipient: String
    let text: String

    /// Reads a message (RFC 5322) whose text is its body or the first `text/plain` part of a multipart
    /// (RFC 2046); encodings 7bit, 8bit, base64 and quoted-printable.
    init?(_ message: String) {
        let unified = message.replacing("\r\n", with: "\n")
        guard let whole = Part(unified), let text = whole.firstPlainText else { return nil }
        self.recipient = whole.headers["to"] ?? "somebody"
        self.text = text
    }

    /// The sign-in link, when the first web address in the text is one.
    var link: String? {
        guard let start = text.firstRange(of: "http")?.lowerBound else { return nil }
        let link = text[start...].prefix { !$0.isWhitespace && $0 != ">" && $0 != "\"" }
        return link.contains("://") && link.contains("/.runegate/auth?") ? String(link) : nil
    }

    /// The short code: eight base32 characters, alone on a line or behind a colon, perhaps with a dash.
    var code: String? {
        for line in text.split(separator: "\n") {
            let last = line.split(separator: ":").last.map(String.init) ?? ""
            let candidate = last.filter { !$0.isWhitespace }
            let characters = candidate.filter { $0 != "-" }
            let isCode = characters.utf8.count == 8 && characters.allSatisfy { $0.isUppercase || $0.isNumber }
            if isCode { return candidate }
        }
        return nil
    }
}

/// A MIME part: headers with lower-case names, and its undecoded body.
private struct Part {
    let headers: [String: String]
    let body: Substring

    init?(_ text: some StringProtocol) {
        guard let border = text.firstRange(of: "\n\n") else { return nil }
        let unfolded = String(text[..<border.lowerBound])
            .replacing("\n ", with: " ").replacing("\n\t", with: " ")
        var headers: [String: String] = [:]
        for line in unfolded.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        self.headers = headers
        self.body = Substring(text[border.upperBound...])
    }

    var firstPlainText: String? {
        let type = headers["content-type"] ?? "text/plain"
        if type.lowercased().hasPrefix("multipart/"), let boundary = Self.boundary(in: type) {
            for section in "\n\(body)".components(separatedBy: "\n--\(boundary)").dropFirst() {
                if let text = Part(section.drop { $0 != "\n" }.dropFirst())?.firstPlainText { return text }
            }
            return nil
        }
        return type.lowercased().hasPrefix("text/plain") ? decodedBody : nil
    }

    private static func boundary(in type: String) -> String? {
        guard let start = type.firstRange(of: "boundary=")?.upperBound else { return nil }
        let value = type[start...]
        return value.first == "\""
            ? String(value.dropFirst().prefix { $0 != "\"" })
            : String(value.prefix { $0 != ";" && !$0.isWhitespace })
    }

    private var decodedBody: String {
        switch headers["content-transfer-encoding"]?.lowercased() {
        case "base64":
            let data = Data(base64Encoded: String(body), options: .ignoreUnknownCharacters) ?? Data()
            return String(decoding: data, as: UTF8.self)
        case "quoted-printable":
            return Self.decodeQuotedPrintable(body)
        default:
            return String(body)
        }
    }

    /// Quoted-printable (RFC 2045 §6.7).
    private static func decodeQuotedPrintable(_ text: Substring) -> String {
        var result: [UInt8] = []
        var rest = Array(text.replacing("=\n", with: "").utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "="), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest.removeFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
