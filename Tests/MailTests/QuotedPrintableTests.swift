import Testing

@testable import Mail

struct QuotedPrintableTests {
    @Test(arguments: [
        ("a=b", "a=3Db\r\n"), ("ends ", "ends=20\r\n"), ("tab\t", "tab=09\r\n"), ("ä", "=C3=A4\r\n"),
        ("", ""),
        ("a\nb\r\nc", "a\r\nb\r\nc\r\n"), ("a\n\nb\n", "a\r\n\r\nb\r\n"), (".", ".\r\n"),
    ])
    func `known texts`(text: String, expected: String) {
        #expect(QuotedPrintable.encode(text) == expected)
    }

    @Test(arguments: 70...160)
    func `lines of any length come back and are short`(length: Int) throws {
        for unit in ["x", "=", "ü", " "] {
            let text = String(repeating: unit, count: length) + "."
            let encoded = QuotedPrintable.encode(text)
            #expect(encoded.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
            #expect(Self.decode(encoded) == text)
        }
    }

    /// RFC 2045 §6.7, read the other way, for well-formed input only.
    private static func decode(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.replacing("=\r\n", with: "").replacing("\r\n", with: "").utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
