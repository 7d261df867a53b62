/// Which `next` may be followed after signing in: a path of this origin, however a browser reads it.
///
/// The rule is a closed grammar rather than a parser, so that nothing depends on agreeing with a browser's
/// one: at most 2048 bytes of `A-Z a-z 0-9 - . _ ~ ! $ & ' ( ) * + , ; = : / ? [ ] |` and `%` before two
/// hexadecimal digits, beginning with exactly one `/`. Refused besides:
/// - an encoded backslash, two encoded slashes in a row, and both of these encoded twice;
/// - in the path: an empty segment (`//`), a segment `.` or `..` in any encoding, an encoded control
///   character or slash beside a slash, since `/%2f/host` becomes `//host` behind a careless redirect;
/// - our own pages, so that signing in leads to the app.
///
/// What is refused costs the visitor only the way back: sign-in ends at `/`. An `@` is refused too: some
/// readers take what stands before it for a user's name.
package enum SafeRedirect {
    package static let maximumBytes = 2048

    /// The path as given when it is safe, else nil.
    package static func check(_ next: String) -> String? {
        let bytes = Array(next.utf8)
        guard bytes.first == UInt8(ascii: "/"), bytes.count <= maximumBytes, isSpelledStrictly(bytes) else {
            return nil
        }
        let folded = next.lowercased()
        for forbidden in ["%5c", "%2f%2f", "%255c", "%252f%252f"] where folded.contains(forbidden) {
            return nil
        }
        let path = folded.prefix { $0 != "?" }
        guard areSafe(path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)) else {
            return nil
        }
        return next
    }

    private static func isSpelledStrictly(_ bytes: [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, isHexDigit(bytes[index + 1]), isHexDigit(bytes[index + 2])
                else {
                    return false
                }
                index += 3
                continue
            }
            guard allowed[Int(bytes[index])] else { return false }
            index += 1
        }
        return true
    }

    /// Whether the segments of a path, in lower case, all name something below their parent.
    private static func areSafe(_ segments: [Substring]) -> Bool {
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment.isEmpty && !isLast { return false }
            let plain = segment.replacing("%2e", with: ".")
            if plain == "." || plain == ".." || plain == ".runegate" && index == 0 { return false }
            // `%2f` or a control character at an end of a segment may vanish or join with the slash beside it.
            if segment.hasPrefix("%2f") || segment.hasSuffix("%2f") || hasEncodedControl(segment) {
                return false
            }
        }
        return true
    }

    private static func hasEncodedControl(_ segment: Substring) -> Bool {
        segment.contains("%0") || segment.contains("%1") || segment.contains("%7f")
            || segment.hasPrefix("%20") || segment.hasPrefix("%e2%80") || segment.hasPrefix("%c2%a0")
            || segment.hasPrefix("%e3%80%80")
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }

    private static let allowed: [Bool] = {
        var table = [Bool](repeating: false, count: 256)
        let characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:/?[]|"
        for byte in characters.utf8 { table[Int(byte)] = true }
        return table
    }()
}
