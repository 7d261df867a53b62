internal import GateModel

/// A mail ready to leave: the envelope and the bytes.
struct ComposedMail: Sendable, Equatable {
    let sender: EmailAddress
    let recipient: EmailAddress
    /// Headers and body, 7-bit, lines of at most 998 bytes that end in CRLF (RFC 5322 §2.1.1).
    let message: [UInt8]
    /// When the link in it stops working; the mail is not sent after that.
    let expiresUnixSeconds: Int64
    /// What must appear in no log and no report, although a server may quote it: the link, the code.
    let secrets: [String]
}
