internal import Glibc

/// The accent colour of a mail, and what is readable on it.
struct BrandColor: Sendable, Equatable {
    /// `#rrggbb`, lower-case.
    let hex: String
    /// The colour of text on it: white, or nearly black where that has more contrast.
    let ink: String

    /// The accent colour when the configured one is not six hexadecimal digits.
    static let builtIn = "#3b5bdb"

    init(_ text: String) {
        let value = Self.value(of: text) ?? Self.value(of: Self.builtIn) ?? 0
        let digits = String(value, radix: 16)
        self.hex = "#" + String(repeating: "0", count: 6 - digits.count) + digits
        // Equal contrast with white and black lies at (L + 0.05)² = 1.05 · 0.05 (WCAG 2.1, contrast ratio).
        self.ink = Self.luminance(value) > 0.179 ? "#111418" : "#ffffff"
    }

    private static func value(of text: String) -> UInt32? {
        guard text.utf8.count == 7, text.hasPrefix("#"),
            text.utf8.dropFirst().allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        else { return nil }
        return UInt32(text.dropFirst(), radix: 16)
    }

    /// Relative luminance of an sRGB colour (WCAG 2.1).
    private static func luminance(_ value: UInt32) -> Double {
        let linear = [16, 8, 0].map { shift -> Double in
            let channel = Double(value >> UInt32(shift) & 0xff) / 255
            return channel <= 0.04045 ? channel / 12.92 : pow((channel + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}
