internal import CQREncode
internal import Glibc

/// A QR code (ISO/IEC 18004) for a text, to be held before a telephone.
package struct QRCode: Sendable, Equatable {
    /// Rows of modules from the top; true is dark.
    package let modules: [[Bool]]

    /// Nil when the text is longer than a code can hold (2,953 bytes).
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        // Error correction L: on a screen nothing gets dirty, and the code stays small.
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_L) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard let data = code.pointee.data else { return nil }
        // The lowest bit of each byte is the colour (qrencode.h).
        self.modules = (0..<width).map { row in
            (0..<width).map { data[row * width + $0] & 1 == 1 }
        }
    }

    /// The code in half-block characters, two rows of modules a line, with the quiet zone that readers need.
    ///
    /// With colour it is black on white whatever the terminal's colours are; without, the light modules are
    /// drawn, which is right on a dark terminal.
    package func lines(hasColor: Bool) -> [String] {
        let quiet = 2
        let width = modules.count + 2 * quiet
        func isDark(_ row: Int, _ column: Int) -> Bool {
            let (row, column) = (row - quiet, column - quiet)
            return modules.indices.contains(row) && modules.indices.contains(column) && modules[row][column]
        }
        return stride(from: 0, to: width, by: 2).map { row in
            let line = (0..<width).map { column in
                Self.block(upperIsLight: !isDark(row, column), lowerIsLight: !isDark(row + 1, column))
            }
            return hasColor ? "\u{1b}[38;5;231;48;5;16m\(line.joined())\u{1b}[0m" : line.joined()
        }
    }

    private static func block(upperIsLight: Bool, lowerIsLight: Bool) -> String {
        switch (upperIsLight, lowerIsLight) {
        case (true, true): "█"
        case (true, false): "▀"
        case (false, true): "▄"
        case (false, false): " "
        }
    }
}
