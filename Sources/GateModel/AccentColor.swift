import Glibc

// The owner's colour, and what has to be chosen so that it can be read upon (WCAG 2.2 §1.4.3, §1.4.11).

/// An accent colour in sRGB.
package struct AccentColor: Equatable, Sendable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    /// Reads `#rrggbb`; anything else, which the configuration refuses, becomes the built-in colour.
    package init(_ text: String) {
        let digits = text.dropFirst()
        guard text.hasPrefix("#"), digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
            let value = UInt32(digits, radix: 16)
        else {
            self.init(red: 0x3d, green: 0x4f, blue: 0xb8)
            return
        }
        self.init(
            red: UInt8(value >> 16 & 0xff), green: UInt8(value >> 8 & 0xff), blue: UInt8(value & 0xff))
    }

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// As CSS writes it.
    package var css: String {
        let value = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
        let digits = String(value, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// Black or white, whichever reads better on the colour: always at least 4.58 : 1.
    package var text: String {
        contrast(with: AccentColor(red: 255, green: 255, blue: 255)) >= 4.5 ? "#fff" : "#000"
    }

    /// The border of a button on `ground`: the colour itself where it stands out enough from the ground, else
    /// `fallback`.
    package func edge(on ground: AccentColor, fallback: String) -> String {
        contrast(with: ground) >= 3 ? css : fallback
    }

    /// WCAG 2.2, contrast ratio: 1 to 21.
    package func contrast(with other: AccentColor) -> Double {
        let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)
    }

    /// WCAG 2.2, relative luminance: 0 to 1.
    private var luminance: Double {
        0.2126 * Self.linear(red) + 0.7152 * Self.linear(green) + 0.0722 * Self.linear(blue)
    }

    private static func linear(_ channel: UInt8) -> Double {
        let value = Double(channel) / 255
        return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
}
