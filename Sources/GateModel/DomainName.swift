/// A DNS name in its ASCII form: lower-case LDH labels, internationalised ones as A-labels (RFC 5890).
package struct DomainName: Hashable, Sendable, CustomStringConvertible {
    /// The name without a trailing dot, such as `example.com`.
    package let ascii: String

    /// Reads a host name; non-ASCII labels are converted to A-labels.
    ///
    /// A label whose characters are not in the one form that IDNA allows (full-width letters, ligatures,
    /// decomposed accents, letters that fold to ASCII) is refused, not mapped: two addresses that look
    /// alike never become one here.
    package init(_ text: some StringProtocol) throws(Malformed) {
        let malformed = Malformed(expected: "a domain name, such as example.com")
        var labels: [String] = []
        for label in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let ascii = Self.asciiLabel(label) else { throw malformed }
            labels.append(ascii)
        }
        let name = labels.joined(separator: ".")
        guard name.utf8.count <= 253 else { throw malformed }
        self.ascii = name
    }

    package var description: String { ascii }

    /// Whether the name has a dot: `localhost` is a host name but nobody's mail domain.
    package var isQualified: Bool { ascii.contains(".") }

    private static func asciiLabel(_ label: some StringProtocol) -> String? {
        let ascii: String
        if label.utf8.allSatisfy({ $0 < 0x80 }) {
            ascii = label.lowercased()
            // A label that claims to be Punycode must decode, or it means something else elsewhere.
            if ascii.hasPrefix("xn--") {
                guard let decoded = Punycode.decode(ascii.utf8.dropFirst(4)), Self.isStable(decoded),
                    decoded.contains(where: { $0.value >= 0x80 })
                else { return nil }
            }
        } else {
            let lowered = label.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
                scalar.value < 0x80 || scalar.properties.isUppercase
                    ? Array(scalar.properties.lowercaseMapping.unicodeScalars) : [scalar]
            }
            guard lowered.contains(where: { $0.value >= 0x80 }), Self.isStable(lowered),
                !label.unicodeScalars.contains(where: { $0.value >= 0x80 && foldsToASCII($0) }),
                let encoded = Punycode.encode(lowered)
            else { return nil }
            ascii = "xn--" + encoded
        }
        guard (1...63).contains(ascii.utf8.count), ascii.first != "-", ascii.last != "-",
            ascii.utf8.allSatisfy(isLetterDigitHyphen)
        else { return nil }
        return ascii
    }

    private static func isLetterDigitHyphen(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// U+212A KELVIN SIGN lower-cases to `k`: such a letter would make a foreign name equal to a listed one.
    private static func foldsToASCII(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.lowercaseMapping.unicodeScalars.contains { $0.value < 0x80 }
    }

    /// Whether every character is one IDNA 2008 permits as it stands (RFC 5892 §2, on the safe side):
    /// letters, digits and marks that case folding and compatibility normalisation leave alone, and no
    /// combining accent that has a precomposed form.
    private static func isStable(_ scalars: [Unicode.Scalar]) -> Bool {
        // No mark in front, no hyphen at either end (RFC 5891 §4.2.3).
        guard let first = scalars.first, !isMark(first), first != "-", scalars.last != "-" else {
            return false
        }
        return scalars.allSatisfy { scalar in
            if scalar.value < 0x80 { return isLetterDigitHyphen(UInt8(scalar.value)) }
            if scalar.properties.changesWhenNFKCCaseFolded { return false }
            if (0x300...0x36f).contains(scalar.value) { return false }
            switch scalar.properties.generalCategory {
            case .lowercaseLetter, .otherLetter, .modifierLetter, .decimalNumber: return true
            default: return isMark(scalar)
            }
        }
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .spacingMark: true
        default: false
        }
    }
}
