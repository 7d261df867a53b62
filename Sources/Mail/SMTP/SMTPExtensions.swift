/// What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1).
///
/// What is not offered is not used.
struct SMTPExtensions: Sendable, Equatable {
    /// STARTTLS (RFC 3207).
    private(set) var offersStartTLS = false
    /// The mechanisms of AUTH (RFC 4954), upper-case.
    private(set) var mechanisms: [String] = []
    /// Whether MAIL may announce the size of the mail (RFC 1870).
    private(set) var offersSize = false
    /// The largest mail in bytes, nil when no limit was given.
    private(set) var maximumBytes: Int?

    init() {}

    /// Reads the reply; its first line is the greeting.
    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            // Some old servers write "AUTH=LOGIN".
            let words = line.uppercased().split { $0 == " " || $0 == "=" }
            switch words.first {
            case "STARTTLS": offersStartTLS = true
            case "AUTH":
                for mechanism in words.dropFirst() where !mechanisms.contains(String(mechanism)) {
                    mechanisms.append(String(mechanism))
                }
            case "SIZE":
                offersSize = true
                // 0 means "no fixed maximum" (RFC 1870 §3).
                maximumBytes = words.dropFirst().first.flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
            default: break
            }
        }
    }
}
