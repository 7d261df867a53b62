/// One reply of a mail server (RFC 5321 §4.2), possibly of several lines.
struct SMTPReply: Sendable, Equatable {
    /// 200 to 599.
    let code: Int
    /// The text of each line behind the code.
    let lines: [String]

    /// The command was taken (2xx), or more is asked for (3xx).
    var isPositive: Bool { code < 400 }
    /// 4xx: the same may succeed later.
    var isTransient: Bool { (400..<500).contains(code) }

    /// Code and text in one line, as it is logged.
    var summary: String { lines.isEmpty ? "\(code)" : "\(code) \(lines.joined(separator: " / "))" }
}

/// What a server sent is no reply.
enum SMTPReplyError: Error, Equatable {
    /// A line without a code, or with another code than the line before.
    case malformed(line: String)
    /// A line or a reply larger than any that makes sense.
    case oversized
}

/// Puts replies together from bytes as they arrive.
struct SMTPReplyParser {
    /// RFC 5321 §4.5.3.1.5 allows 512; some servers are wordier.
    static let maximumLineBytes = 2048
    static let maximumLines = 128

    private var buffered: [UInt8] = []
    private var searched = 0
    private var code: Int?
    private var lines: [String] = []

    /// How many bytes wait that belong to no complete reply yet.
    var bufferedBytes: Int { buffered.count }

    mutating func append(_ bytes: some Sequence<UInt8>) {
        buffered += bytes
    }

    /// Forgets all that was received and not yet read.
    mutating func discard() {
        self = SMTPReplyParser()
    }

    /// The next complete reply, nil while it is incomplete.
    mutating func next() throws(SMTPReplyError) -> SMTPReply? {
        while let line = try nextLine() {
            let (lineCode, text, isLast) = try Self.split(line)
            guard code == nil || code == lineCode else { throw .malformed(line: line) }
            code = lineCode
            if !text.isEmpty { lines.append(text) }
            guard lines.count <= Self.maximumLines else { throw .oversized }
            guard isLast else { continue }
            defer {
                code = nil
                lines = []
            }
            return SMTPReply(code: lineCode, lines: lines)
        }
        return nil
    }

    private mutating func nextLine() throws(SMTPReplyError) -> String? {
        guard let end = buffered[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffered.count
            guard buffered.count <= Self.maximumLineBytes else { throw .oversized }
            return nil
        }
        guard end <= Self.maximumLineBytes else { throw .oversized }
        var line = buffered[..<end]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        buffered.removeSubrange(...end)
        searched = 0
        return text
    }

    private static func split(_ line: String) throws(SMTPReplyError) -> (
        code: Int, text: String, isLast: Bool
    ) {
        let bytes = Array(line.utf8.prefix(4))
        guard bytes.count >= 3, bytes[0..<3].allSatisfy({ (0x30...0x39).contains($0) }),
            let code = Int(String(decoding: bytes[0..<3], as: UTF8.self)), (200..<600).contains(code),
            bytes.count == 3 || bytes[3] == UInt8(ascii: " ") || bytes[3] == UInt8(ascii: "-")
        else { throw .malformed(line: line) }
        let isLast = bytes.count == 3 || bytes[3] == UInt8(ascii: " ")
        return (code, String(line.dropFirst(4)), isLast)
    }
}
