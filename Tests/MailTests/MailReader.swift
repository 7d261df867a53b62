import Foundation

/// A mail as another program reads it: Python's `email` package.
struct MailReader: Decodable, Equatable {
    let headers: [[String]]
    let text: String
    let html: String
    let types: [String]
    /// What the parser found wrong.
    let defects: [String]

    func header(_ name: String) -> [String] {
        headers.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }

    static func read(_ message: [UInt8]) throws -> MailReader {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(message))
        try input.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try JSONDecoder().decode(MailReader.self, from: data)
    }

    private static let script = """
        import email, email.policy, json, sys
        mail = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
        parts = {part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}
        content = lambda kind: parts[kind].get_content() if kind in parts else ""
        print(json.dumps({
            "headers": [[name, str(value)] for name, value in mail.items()],
            "text": content("text/plain"), "html": content("text/html"),
            "types": [part.get_content_type() for part in mail.walk()],
            "defects": [str(d) for part in mail.walk() for d in part.defects]
                + [str(d) for _, value in mail.items() for d in value.defects],
        }))
        """
}
