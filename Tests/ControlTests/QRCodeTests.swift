import Testing

@testable import Control

/// Codes are read back by a small reader of our own, from the modules and from what the terminal shows.
struct QRCodeTests {
    /// Short enough for version 5, the last one whose bytes lie in one block.
    private let url = "https://app.example.com/.runegate/auth?token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln"

    @Test func `the code says the address`() throws {
        let code = try #require(QRCode(url))
        #expect(QRReader(modules: code.modules).text == url)
    }

    @Test(arguments: ["1", "http://localhost:7870/"])
    func `short texts too`(text: String) throws {
        #expect(QRReader(modules: try #require(QRCode(text)).modules).text == text)
    }

    @Test func `what the terminal shows is the code`() throws {
        let code = try #require(QRCode(url))
        var rows: [[Bool]] = []
        for line in code.lines(hasColor: false) {
            rows.append(line.map { $0 == "▄" || $0 == " " })
            rows.append(line.map { $0 == "▀" || $0 == " " })
        }
        let size = code.modules.count
        #expect(rows.allSatisfy { $0.count == size + 4 })
        let inner = rows.dropFirst(2).prefix(size).map { Array($0.dropFirst(2).prefix(size)) }
        #expect(QRReader(modules: inner).text == url)
        // The quiet zone around it is light.
        #expect(rows.prefix(2).allSatisfy { !$0.contains(true) })
        #expect(rows.allSatisfy { !$0[0] && !$0[1] && !$0[size + 2] && !$0[size + 3] })
    }

    @Test func `with colour each line sets black and white and resets`() throws {
        let code = try #require(QRCode("1"))
        for line in code.lines(hasColor: true) {
            #expect(line.hasPrefix("\u{1b}[38;5;231;48;5;16m"))
            #expect(line.hasSuffix("\u{1b}[0m"))
        }
    }

    @Test func `a text that no code can hold gives none`() {
        #expect(QRCode(String(repeating: "x", count: 3000)) == nil)
    }
}

/// Reads the byte segment of an undamaged QR code of version 1 to 5 at level L (ISO/IEC 18004 §8): no error
/// correction, since nothing can be damaged here.
private struct QRReader {
    let modules: [[Bool]]

    private var size: Int { modules.count }

    /// The text, or nil when there is no byte segment.
    var text: String? {
        let bits = dataBits
        func number(_ range: Range<Int>) -> Int { bits[range].reduce(0) { $0 * 2 + ($1 ? 1 : 0) } }
        // Mode 0100, then 8 bits of length in versions 1 to 9.
        guard bits.count >= 12, number(0..<4) == 0b0100 else { return nil }
        let count = number(4..<12)
        guard bits.count >= 12 + 8 * count else { return nil }
        return String(
            decoding: (0..<count).map { UInt8(number(12 + 8 * $0..<20 + 8 * $0)) }, as: UTF8.self)
    }

    /// The mask pattern: three bits of the format information beside the upper left finder, which is itself
    /// masked with 101010000010010.
    private var mask: Int {
        let bits = [modules[8][2], modules[8][3], modules[8][4]]
        return bits.reduce(0) { $0 * 2 + ($1 ? 1 : 0) } ^ 0b101
    }

    /// The data bits, in the zigzag from the lower right corner, unmasked.
    private var dataBits: [Bool] {
        var bits: [Bool] = []
        var isUpward = true
        var right = size - 1
        while right > 0 {
            // The vertical timing pattern has a column of its own.
            if right == 6 { right -= 1 }
            for step in 0..<size {
                let row = isUpward ? size - 1 - step : step
                for column in [right, right - 1] where !isFunction(row, column) {
                    bits.append(modules[row][column] != isMasked(row, column))
                }
            }
            isUpward.toggle()
            right -= 2
        }
        return bits
    }

    private func isFunction(_ row: Int, _ column: Int) -> Bool {
        if row == 6 || column == 6 { return true }
        if row <= 8, column <= 8 { return true }
        if row <= 8, column >= size - 8 { return true }
        if row >= size - 8, column <= 8 { return true }
        // Versions 2 to 5 have one alignment pattern, around (size - 7, size - 7).
        return size > 21 && abs(row - (size - 7)) <= 2 && abs(column - (size - 7)) <= 2
    }

    private func isMasked(_ i: Int, _ j: Int) -> Bool {
        switch mask {
        case 0: (i + j) % 2 == 0
        case 1: i % 2 == 0
        case 2: j % 3 == 0
        case 3: (i + j) % 3 == 0
        case 4: (i / 2 + j / 3) % 2 == 0
        case 5: i * j % 2 + i * j % 3 == 0
        case 6: (i * j % 2 + i * j % 3) % 2 == 0
        default: ((i + j) % 2 + i * j % 3) % 2 == 0
        }
    }
}
