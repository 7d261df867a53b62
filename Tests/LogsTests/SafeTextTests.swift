import Testing

@testable import Logs

private func safe(_ text: String, limit: Int = 1000) -> String {
    var output: [UInt8] = []
    SafeText.append(text, limit: limit, to: &output)
    return String(decoding: output, as: UTF8.self)
}

@Test(arguments: [
    ("plain text, äöü, 日本語, 🙂", "plain text, äöü, 日本語, 🙂"),
    ("line\nbreak\r\n", #"line\u000abreak\u000d\u000a"#),
    ("\u{1b}[31mred", #"\u001b[31mred"#), ("\u{0}\u{7f}", #"\u0000\u007f"#),
    // C1: CSI and NEL as one character.
    ("\u{9b}31m\u{85}", #"\u009b31m\u0085"#),
    ("abc\u{202e}gpj.exe", #"abc\u202egpj.exe"#),
    ("\u{2066}\u{2069}\u{200f}\u{61c}", #"\u2066\u2069\u200f\u061c"#),
    ("\u{2028}\u{2029}\u{feff}", #"\u2028\u2029\ufeff"#), ("\u{e0041}", #"\udb40\udc41"#),
    (#"say "hi" \o/"#, #"say \"hi\" \\o/"#),
])
func `what could steer a terminal or forge a line is escaped`(text: String, escaped: String) {
    #expect(safe(text) == escaped)
}

@Test func `every control character leaves as visible ASCII`() {
    for value in Array(UInt32(0)..<0x20) + Array(0x7f..<0xa0) + Array(0x200e...0x200f)
        + Array(0x2028...0x202e)
    {
        guard let scalar = Unicode.Scalar(value) else { continue }
        let output = safe(String(Character(scalar)))
        #expect(output.utf8.allSatisfy { (0x21..<0x7f).contains($0) }, "U+\(String(value, radix: 16))")
    }
}

@Test func `a long text is cut at a character and marked`() {
    #expect(safe("abcdef", limit: 6) == "abcdef")
    #expect(safe("abcdef", limit: 5) == "abcde…")
    #expect(safe("aäöü", limit: 4) == "aä…")
}

@Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00"), (951_782_400, "2000-02-29T00:00:00"),
    (1_790_000_000, "2026-09-21T14:13:20"),
    (-1, "1969-12-31T23:59:59"), (4_102_444_799, "2099-12-31T23:59:59"),
    (4_107_542_400, "2100-03-01T00:00:00"),
    (1_709_164_800, "2024-02-29T00:00:00"),
])
func `a time is rendered by the Gregorian calendar`(seconds: Int64, text: String) {
    #expect(String(decoding: Timestamp.render(seconds), as: UTF8.self) == text)
}

@Test func `the cached second is not taken for another one`() {
    let timestamp = Timestamp()
    var output: [UInt8] = []
    for (seconds, milliseconds) in [(Int64(0), 7), (0, 45), (1, 999), (0, 0)] {
        timestamp.append(seconds: seconds, milliseconds: milliseconds, to: &output)
    }
    #expect(
        String(decoding: output, as: UTF8.self)
            == "1970-01-01T00:00:00.007Z1970-01-01T00:00:00.045Z1970-01-01T00:00:01.999Z1970-01-01T00:00:00.000Z"
    )
}
