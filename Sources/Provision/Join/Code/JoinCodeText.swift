import Cryptography
import GateModel

// A join code as people copy it: `RG1-` and base32 in groups of eight. Blanks, line ends, hyphens, letter case, and the
// letters that are taken for digits make no difference.

extension JoinCode {
    /// The version of everything behind it; another version of Runegate may have another.
    private static let prefix = "RG1"
    private static let checksumBytes = 5
    private static let groupLength = 8
    private static let groupsPerLine = 4
    /// Longer is no code: the longest has two names of 253 bytes and three keys.
    private static let maximumSymbols = 1400

    /// The code in lines of at most 39 characters.
    package var text: String {
        let body = octets
        let symbols = CheckedSymbols.addChecks(to: Base32.encode(body + Self.checksum(of: body)))
        let groups = Self.split(symbols, every: Self.groupLength)
        let lines = stride(from: 0, to: groups.count, by: Self.groupsPerLine).map { start in
            groups[start..<min(start + Self.groupsPerLine, groups.count)].joined(separator: "-")
        }
        return Self.prefix + "-" + lines.joined(separator: "\n")
    }

    /// Reads what a person pasted or typed.
    ///
    /// - Throws: What is wrong with it, and where as far as that can be told.
    package init(_ typed: some StringProtocol) throws(JoinCodeProblem) {
        let symbols = try Self.symbols(of: typed)
        let checked: String
        switch CheckedSymbols.removeChecks(from: symbols) {
        case .success(let text): checked = text
        case .failure(let wrong):
            let isLast =
                symbols.utf8.count - wrong.index * CheckedSymbols.blockLength
                <= CheckedSymbols.blockLength
            let near = Self.split(wrong.text, every: Self.groupLength).joined(separator: "-")
            throw isLast ? .wrongEnd(near: near) : .typingError(near: near, line: wrong.index / 2 + 1)
        }
        guard let bytes = Base32.decode(checked), bytes.count > Self.checksumBytes else {
            throw .incomplete
        }
        let body = Array(bytes.dropLast(Self.checksumBytes))
        guard Array(bytes.suffix(Self.checksumBytes)) == Self.checksum(of: body) else { throw .incomplete }
        guard let code = JoinCode(octets: body) else { throw .unreadable }
        self = code
    }

    /// The characters behind the prefix, in their one spelling.
    private static func symbols(of typed: some StringProtocol) throws(JoinCodeProblem) -> String {
        let joined = String(typed.filter { !$0.isWhitespace })
        guard !joined.isEmpty else { throw .empty }
        guard joined.utf8.count <= maximumSymbols else { throw .notACode }
        guard let canonical = Base32.canonical(joined) else {
            guard joined.lowercased().hasPrefix("rg") else { throw .notACode }
            throw .foreignCharacter(String(joined.first { Base32.canonical(String($0)) == nil } ?? "?"))
        }
        guard canonical.hasPrefix("RG") else { throw .notACode }
        guard canonical.hasPrefix(prefix) else { throw .otherVersion(String(canonical.prefix(3))) }
        return String(canonical.dropFirst(prefix.utf8.count))
    }

    private static func checksum(of body: [UInt8]) -> [UInt8] {
        Array(SHA256.hash(Array("runegate join code 1".utf8) + body).prefix(checksumBytes))
    }

    private static func split(_ text: String, every count: Int) -> [String] {
        var rest = text[...]
        var groups: [String] = []
        while !rest.isEmpty {
            groups.append(String(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return groups
    }
}
