import ArgumentParser
import Control
import Foundation
import GateConfig
import GateModel
import Identity

/// `runegate token`: what a token says.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Look into a sign-in link or a session cookie.",
        subcommands: [Inspect.self])

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Read a token from standard input: what it says, and whether it counts.",
            discussion: """
                Takes the value of token= in a link, the whole link, or the value of the session cookie.
                Decoding needs neither keys nor the daemon; the signature is checked with the keys that
                `runegate serve` would use, and the daemon is asked whether the token counts.

                EXIT STATUS  0 it counts or nothing speaks against it, 1 it does not count.
                """)

        @Flag(help: "Print JSON with stable keys.")
        var json = false

        func run() async throws {
            let token = Self.token(in: readLine(strippingNewline: true) ?? "")
            let loaded = ConfigLoader.load(.process(reader: .check))
            let settings = try? loaded.settings.get()
            let found = TokenInspection(
                token, keyring: loaded.hasConfiguredKeys ? settings.map { Keyring($0.tokens) } : nil,
                origin: settings?.baseURL.origin,
                nowUnixSeconds: SystemTime().now().unixSeconds)
            let standing = await TokenStanding.ask(about: found, token: token)
            Terminal.output.write(
                line: json ? try TokenReport.json(found, standing) : TokenReport.text(found, standing))
            guard found.isSound || found.signature == .unchecked && found.findings.isEmpty,
                standing != .doesNotCount
            else { throw ExitCode(1) }
        }

        /// The token in what was pasted: itself, or a link's `token=`.
        private static func token(in line: String) -> String {
            let text = line.trimmingCharacters(in: .whitespaces)
            guard let start = text.range(of: "token=") else { return text }
            return String(text[start.upperBound...].prefix { $0 != "&" && $0 != "#" })
        }
    }
}

extension LoadedConfiguration {
    /// Whether the keys are those that `runegate serve` uses: ones that nobody set are random in each process.
    fileprivate var hasConfiguredKeys: Bool {
        let names = ["RUNEGATE_JWT_SECRET", "RUNEGATE_SESSION_KEY"]
        return effective.filter { names.contains($0.name) && $0.origin != .builtIn }.count == names.count
    }
}

/// Whether the daemon takes the token.
private enum TokenStanding: String {
    case counts = "yes"
    case doesNotCount = "no"
    case unknown = "not known: the daemon was not reached"

    /// Session cookies are looked up among the live sessions, links in the database; a token that is none of
    /// ours need not be.
    static func ask(about found: TokenInspection, token: String) async -> TokenStanding {
        guard found.kind != .unknown, found.signature != .wrong else { return .doesNotCount }
        let daemon = ControlClient.ofThisMachine()
        do throws(ControlFailure) {
            guard let id = found.sessionID else {
                return try await daemon.linkCounts(token) ? .counts : .doesNotCount
            }
            return try await daemon.sessions().contains { $0.id == id.description }
                ? .counts : .doesNotCount
        } catch {
            return .unknown
        }
    }
}

/// The answer as people and as programs read it.
private enum TokenReport {
    static func text(_ found: TokenInspection, _ standing: TokenStanding) -> String {
        var lines = ["what       \(found.kind.rawValue)"]
        if let subject = found.claims["sub"] { lines.append("for        \(subject)") }
        for (name, title) in [("iat", "issued "), ("exp", "expires")] {
            guard let seconds = found.claims[name].flatMap(Int64.init) else { continue }
            lines.append("\(title)    \(TokenInspection.timestamp(unixSeconds: seconds))")
        }
        if let id = found.sessionID { lines.append("session    \(id)") }
        lines.append("signature  \(found.signature.rawValue)")
        lines.append("counts     \(standing.rawValue)")
        lines += found.findings.map { "note       \($0)." }
        if found.header.isEmpty { return lines.map(PlainText.withoutControls).joined(separator: "\n") }
        lines.append("header     \(members(found.header))")
        lines.append("claims     \(members(found.claims))")
        return lines.map(PlainText.withoutControls).joined(separator: "\n")
    }

    private static func members(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private struct Document: Encodable {
        let kind: String
        let signature: String
        let counts: String
        let sessionID: String?
        let findings: [String]
        let header: [String: String]
        let claims: [String: String]
    }

    static func json(_ found: TokenInspection, _ standing: TokenStanding) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let document = Document(
            kind: found.kind.rawValue, signature: found.signature.rawValue, counts: standing.rawValue,
            sessionID: found.sessionID?.description, findings: found.findings, header: found.header,
            claims: found.claims)
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}
