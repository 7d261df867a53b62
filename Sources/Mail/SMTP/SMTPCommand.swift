internal import FoundationEssentials
internal import GateModel

/// A command line of the client.
///
/// Everything that varies in it is of a checked type, so no line can hold two.
enum SMTPCommand: Equatable {
    case hello(name: String)
    case startTLS
    case authPlain(SMTPEnvelope.Credentials)
    case authLogin
    case authLoginUser(SMTPEnvelope.Credentials)
    case authLoginPassword(SMTPEnvelope.Credentials)
    /// With the size of the mail where the server wants to know it (RFC 1870 §6.1).
    case mailFrom(EmailAddress, announcedBytes: Int?)
    case recipient(EmailAddress)
    case data
    case quit

    /// The line without its CRLF.
    var line: String {
        switch self {
        case .hello(let name): "EHLO \(name)"
        case .startTLS: "STARTTLS"
        case .authPlain(let credentials): "AUTH PLAIN \(Self.plainResponse(credentials))"
        case .authLogin: "AUTH LOGIN"
        case .authLoginUser(let credentials): Self.base64(Array(credentials.user.utf8))
        case .authLoginPassword(let credentials): Self.base64(credentials.password.bytes)
        case .mailFrom(let address, let bytes): "MAIL FROM:<\(address)>" + (bytes.map { " SIZE=\($0)" } ?? "")
        case .recipient(let address): "RCPT TO:<\(address)>"
        case .data: "DATA"
        case .quit: "QUIT"
        }
    }

    /// The line as people may see it.
    var shown: String {
        switch self {
        case .authPlain: "AUTH PLAIN (hidden)"
        case .authLoginUser, .authLoginPassword: "(hidden)"
        default: line
        }
    }

    /// The spellings of user and password on the wire, for hiding them where a server repeats them.
    static func spellings(of credentials: SMTPEnvelope.Credentials) -> [String] {
        [
            plainResponse(credentials), base64(credentials.password.bytes), credentials.password.text,
            base64(Array(credentials.user.utf8)),
        ]
    }

    /// RFC 4616: no authorisation identity, then user and password.
    private static func plainResponse(_ credentials: SMTPEnvelope.Credentials) -> String {
        base64([0] + Array(credentials.user.utf8) + [0] + credentials.password.bytes)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString()
    }
}
