import Cryptography
import GateModel
import Glibc

/// What a token says, and what can be known of it without the daemon.
package struct TokenInspection: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case link = "sign-in link"
        case session = "session cookie"
        /// A JWT in our form that is neither, or no JWT at all.
        case unknown = "not a token of Runegate"
    }

    package enum Signature: String, Sendable {
        case right = "right"
        case rightByPreviousKey = "right, by a previous key"
        case wrong = "wrong, or by a key that is not configured"
        /// No keys were given.
        case unchecked = "not checked: no keys are configured here"
    }

    package let kind: Kind
    package let signature: Signature
    /// Header parameters and claims by name, as text.
    package let header: [String: String]
    package let claims: [String: String]
    /// What is wrong or worth knowing, in sentences; empty when there is nothing.
    package let findings: [String]
    /// The id under which `runegate sessions list` shows the session, for a session cookie.
    package let sessionID: SessionID?

    /// Takes the token apart; `keyring` and `origin` are nil when the configuration cannot be read.
    package init(_ text: some StringProtocol, keyring: Keyring?, origin: String?, nowUnixSeconds now: Int64) {
        guard let parts = SignedToken.Parts(text) else {
            self.init(
                kind: .unknown, signature: .unchecked, header: [:], claims: [:],
                findings: [
                    "It is not three parts of base64url with flat JSON objects in the first two, "
                        + "or longer than \(SignedToken.maximumBytes) bytes. Copy the whole value of token= or of the cookie"
                ],
                sessionID: nil)
            return
        }
        let type = parts.header["typ"]?.string
        let door = Door.allCases.first { $0.sessionType == type }
        let kind: Kind = type == LinkToken.type ? .link : door != nil ? .session : .unknown
        var findings: [String] = []
        if kind == .unknown {
            findings.append("Its typ is neither \(LinkToken.type) nor \(Door.app.sessionType)")
        }
        findings += Self.findings(claims: parts.claims, kind: kind, origin: origin, now: now)
        let identifier = kind == .session ? parts.claims["sid"]?.string : nil
        self.init(
            kind: kind, signature: Self.signature(of: text, kind: kind, door: door ?? .app, keyring: keyring),
            header: parts.header.mapValues(Self.text), claims: parts.claims.mapValues(Self.text),
            findings: findings,
            sessionID: identifier.map(SessionID.init(identifier:)))
    }

    private init(
        kind: Kind, signature: Signature, header: [String: String], claims: [String: String],
        findings: [String],
        sessionID: SessionID?
    ) {
        self.kind = kind
        self.signature = signature
        self.header = header
        self.claims = claims
        self.findings = findings
        self.sessionID = sessionID
    }

    /// Whether nothing that can be known here speaks against it.
    package var isSound: Bool {
        findings.isEmpty && (signature == .right || signature == .rightByPreviousKey)
    }

    private static func signature(
        of token: some StringProtocol, kind: Kind, door: Door, keyring: Keyring?
    ) -> Signature {
        guard let keyring else { return .unchecked }
        let (type, keys): (String, KeyTable)
        switch kind {
        case .link: (type, keys) = (LinkToken.type, keyring.links)
        case .session: (type, keys) = (door.sessionType, keyring.session)
        case .unknown: return .wrong
        }
        guard let verified = SignedToken.verify(token, type: type, keys: keys) else { return .wrong }
        return verified.keyID == keys.currentID ? .right : .rightByPreviousKey
    }

    private static func findings(
        claims: [String: StrictJSON.Value], kind: Kind, origin: String?, now: Int64
    ) -> [String] {
        var findings: [String] = []
        let required =
            kind == .session ? ["sid", "sub", "iat", "exp"] : ["jti", "sub", "iat", "exp", "iss", "aud"]
        let missing = required.filter { claims[$0] == nil }
        if kind != .unknown, !missing.isEmpty || claims.count != required.count {
            findings.append("Its claims must be exactly \(required.joined(separator: ", "))")
        }
        if let expiry = claims["exp"]?.integer, expiry <= now {
            findings.append("It expired \(Self.words(seconds: now - expiry)) ago by this machine's clock")
        }
        if let issued = claims["iat"]?.integer, issued > now + 60 {
            findings.append("It says it was issued in the future: one of the clocks is wrong")
        }
        if kind == .link, let origin, claims["iss"] != .string(origin) || claims["aud"] != .string(origin) {
            findings.append("It is for another gateway than \(origin) (RUNEGATE_BASE_URL)")
        }
        return findings
    }

    private static func text(_ value: StrictJSON.Value) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        }
    }

    /// A time in words, such as `2 h 5 min`.
    package static func words(seconds: Int64) -> String {
        switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(seconds / 60) min"
        case ..<86_400: "\(seconds / 3600) h \(seconds % 3600 / 60) min"
        default: "\(seconds / 86_400) d \(seconds % 86_400 / 3600) h"
        }
    }

    /// A time of day in UTC, as RFC 3339 writes it.
    package static func timestamp(unixSeconds: Int64) -> String {
        var seconds = time_t(unixSeconds)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "\(unixSeconds)" }
        var buffer = [CChar](repeating: 0, count: 32)
        let count = strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
        return String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
