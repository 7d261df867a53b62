/// A mail address in the strict form that Runegate knows people by.
///
/// ASCII dot-atom local part of at most 64 bytes, exactly one `@`, a qualified domain name; no quoting, no
/// comments, no literals (a subset of RFC 5321 §4.1.2). Both parts are lower-cased: servers that tell
/// `Ann@` from `ann@` apart do not exist in practice, and a cooldown that case can dodge is none.
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// The part before the `@`, lower-case.
    package let local: String
    package let domain: DomainName

    /// Reads an address; spaces and tabs around it are ignored, as people paste them.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let malformed = Malformed(expected: "an e-mail address, such as you@example.com")
        guard text.utf8.count <= 320 else { throw malformed }
        let trimmed = text.drop { $0 == " " || $0 == "\t" }
        let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
        guard let end else { throw malformed }
        let parts = trimmed[...end].split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isDotAtom(parts[0]), parts[0].utf8.count <= 64 else { throw malformed }
        let domain = try DomainName(parts[1])
        guard domain.isQualified, parts[0].utf8.count + 1 + domain.ascii.utf8.count <= 254 else {
            throw malformed
        }
        self.local = parts[0].lowercased()
        self.domain = domain
    }

    package var description: String { "\(local)@\(domain)" }

    /// The address with its middle hidden, for pages that strangers may see: `a**@example.com`.
    package var masked: String { "\(local.prefix(1))**@\(domain)" }

    private static func isDotAtom(_ text: some StringProtocol) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "."):
                guard previous != UInt8(ascii: ".") else { return false }
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                break
            default:
                guard "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) else { return false }
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }
}
