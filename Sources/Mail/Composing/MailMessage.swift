internal import GateModel

/// The bytes of a mail: headers and two alternative bodies (RFC 5322, RFC 2046 §5.1.4).
struct MailMessage {
    let senderName: String?
    let sender: EmailAddress
    let recipient: EmailAddress
    let letter: Letter
    let unixSeconds: Int64

    /// The message in 7-bit lines of at most 76 characters (names of addresses aside) that end in CRLF.
    func bytes() -> [UInt8] {
        // Unlike any line of a quoted-printable body: those have no "=_" (RFC 2045 §6.7 (1)).
        let boundary = "=_\(Self.randomHex())"
        let lines = [
            "Date: \(MailDate.text(unixSeconds: unixSeconds))",
            "Message-ID: <\(Self.randomHex())@\(sender.domain)>",
            HeaderText.field("From", displayName: senderName, address: sender),
            HeaderText.field("To", displayName: nil, address: recipient),
            HeaderText.field("Subject", letter.subject),
            // No out-of-office answers, please (RFC 3834 §5).
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"",
            "",
        ]
        let body =
            part("text/plain", letter.text, boundary: boundary)
            + part("text/html", letter.html, boundary: boundary)
        return Array((lines.joined(separator: "\r\n") + "\r\n\(body)--\(boundary)--\r\n").utf8)
    }

    private func part(_ type: String, _ text: String, boundary: String) -> String {
        """
        --\(boundary)\r
        Content-Type: \(type); charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        \(QuotedPrintable.encode(text))
        """
    }

    /// 128 bits of the system's random numbers in hexadecimal.
    private static func randomHex() -> String {
        let number = UInt128.random(in: 0...UInt128.max)
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
