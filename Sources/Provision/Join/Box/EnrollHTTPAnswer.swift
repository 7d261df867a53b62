/// The answer to `POST /.runegate/enroll`, as far as it matters here (RFC 9112).
struct EnrollHTTPAnswer: Equatable {
    /// Head and body; nginx's own error pages are shorter.
    static let maximumBytes = 16 * 1024

    let status: Int
    let retryAfterSeconds: Int?
    let body: [UInt8]
    /// Whether as many bytes came as were announced.
    let isComplete: Bool

    /// Reads an answer to a request that asked to close the connection; nil when its head is not there or is none.
    init?(_ bytes: [UInt8]) {
        guard let end = Self.endOfHead(bytes) else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(whereSeparator: \.isNewline)
        let statusLine = lines.first?.split(separator: " ", maxSplits: 2) ?? []
        guard statusLine.count >= 2, statusLine[0] == "HTTP/1.1" || statusLine[0] == "HTTP/1.0",
            statusLine[1].utf8.count == 3, let status = Int(statusLine[1])
        else { return nil }
        var length: Int?
        var retryAfter: Int?
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            switch line[..<colon].lowercased() {
            case "content-length": length = Int(value)
            case "retry-after": retryAfter = Int(value)
            case "transfer-encoding": return nil
            default: break
            }
        }
        let rest = bytes[(end + 4)...]
        self.status = status
        self.retryAfterSeconds = retryAfter.map { max(1, $0) }
        self.body = Array(length.map { rest.prefix(max(0, $0)) } ?? rest)
        self.isComplete = length.map { rest.count >= $0 } ?? false
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }
    }

    static func request(_ octets: [UInt8], domain: String) -> [UInt8] {
        let head =
            "POST /.runegate/enroll HTTP/1.1\r\nHost: \(domain)\r\nContent-Type: application/octet-stream\r\n"
            + "Content-Length: \(octets.count)\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + octets
    }
}
