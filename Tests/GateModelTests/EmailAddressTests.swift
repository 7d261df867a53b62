import GateModel
import Testing

/// Addresses that mail servers read differently, and what an allow-list must never take for `ann@corp.com`.
private let refused = [
    "", " ", "@", "ann", "ann@", "@corp.com", "ann@corp", "ann@localhost",
    "a@evil.com@corp.com", "a@@corp.com", "ann@corp.com@",
    "ann@corp.com.", "ann@.corp.com", "ann@corp..com", "ann@-corp.com", "ann@corp-.com", "ann@corp.com-",
    ".ann@corp.com", "ann.@corp.com", "a..nn@corp.com",
    "\"ann\"@corp.com", "ann(comment)@corp.com", "ann@[192.0.2.1]", "ann@(c)corp.com", "<ann@corp.com>",
    "Ann <ann@corp.com>", "ann@corp.com,bob@corp.com", "ann@corp.com;bob@corp.com", "ann bob@corp.com",
    "ann@corp .com", "ann\u{0}@corp.com", "ann@corp.com\u{0}", "ann@corp.com\u{0}.evil.com",
    "ann@corp.com\r\nBcc: eve@evil.com", "ann@corp.com\n", "\nann@corp.com", "ann\r@corp.com",
    "ann@corp.com\u{b}", "ann@corp.com\u{a0}", "ann\u{7f}@corp.com", "ann\u{1b}[31m@corp.com",
    // Letters that fold to others: Kelvin sign, long s, full-width, ligature, Turkish dotted I, circled.
    "ann@\u{212a}orp.com", "\u{212a}@corp.com", "ann@corp.com\u{17f}", "ann@\u{17f}orp.com",
    "ann＠corp.com", "ann@ｃｏｒｐ.com", "ａnn@corp.com", "ann@corp。com", "ann@corp．com", "ann@corp｡com",
    "ann@o\u{fb03}ce.com", "ann@\u{130}nc.com", "ann@\u{24d2}orp.com", "änn@corp.com",
    // Decomposed accents, joiners, soft hyphens, direction marks, variation selectors, a combining `@`.
    "ann@co\u{308}rp.com", "ann@co\u{200d}rp.com", "ann@co\u{ad}rp.com", "ann@\u{202e}proc.com",
    "ann@corp\u{fe0f}.com", "ann@\u{301}corp.com", "ann@corp.\u{301}com", "ann@stra\u{df}e.de",
    // What claims to be an A-label and is none.
    "ann@xn--.com", "ann@xn--a.com", "ann@xn--corp-.com", "ann@xn--99999999.com",
    // Encodings that another layer might undo.
    "ann%40corp.com", "ann@corp%2ecom", "ann@corp.com%00", "=?utf-8?q?ann?=@corp.com?",
    "ann@corp.com/../x", "ann@corp.com:25", "ann@corp.com\\", "ann@corp_x.com", "ann@*.com",
]

@Test(arguments: refused)
func `an address outside of the strict grammar is refused`(text: String) {
    #expect(throws: Malformed.self) { try EmailAddress(text) }
}

@Test(arguments: [
    ("ann@corp.com", "ann@corp.com"),
    ("  Ann.Lee@Corp.COM\t", "ann.lee@corp.com"),
    ("ann+tag@corp.com", "ann+tag@corp.com"),
    ("!#$%&'*+-/=?^_`{|}~@corp.com", "!#$%&'*+-/=?^_`{|}~@corp.com"),
    ("a@b.c", "a@b.c"),
    ("ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
    ("ann@xn--BCHER-KVA.example", "ann@xn--bcher-kva.example"),
    ("ann@пример.рф", "ann@xn--e1afmkfd.xn--p1ai"),
    ("ann@例え.テスト", "ann@xn--r8jz45g.xn--zckzah"),
])
func `a right address has one canonical form`(text: String, canonical: String) throws {
    #expect(try EmailAddress(text).description == canonical)
}

@Test func `a look-alike domain is another domain`() throws {
    // Cyrillic es in front.
    let foreign = try EmailAddress("ann@\u{441}orp.com")
    #expect(foreign.domain.ascii.hasPrefix("xn--"))
    #expect(foreign != (try EmailAddress("ann@corp.com")))
    #expect(try EmailAddress("ann@corp.com.evil.com").domain != DomainName("corp.com"))
}

@Test func `lengths end where RFC 5321 ends them`() throws {
    let local = String(repeating: "a", count: 64)
    #expect(try EmailAddress("\(local)@corp.com").local == local)
    #expect(throws: Malformed.self) { try EmailAddress("a\(local)@corp.com") }
    let label = String(repeating: "b", count: 63)
    #expect(try DomainName("\(label).com").ascii == "\(label).com")
    #expect(throws: Malformed.self) { try DomainName("b\(label).com") }
    #expect(throws: Malformed.self) { try EmailAddress("a@\(label).\(label).\(label).\(label).com") }
    #expect(throws: Malformed.self) { try EmailAddress(String(repeating: "x", count: 100_000) + "@corp.com") }
}

@Test func `every accepted text has one @ and no byte outside of visible ASCII`() {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
        "a", "ann", "@", "@corp.com", ".", "corp", ".com", "\u{301}", "\u{212a}", "é", "%40", "\"", " ",
        "\r\n", "\u{0}",
        "xn--", "-", "ß", "０", "\u{200b}", "+", "_",
    ]
    for _ in 0..<20_000 {
        let text = (0..<Int.random(in: 1...7, using: &generator)).map { _ in
            pieces.randomElement(using: &generator) ?? ""
        }.joined()
        guard let address = try? EmailAddress(text) else { continue }
        let canonical = address.description
        #expect(canonical.utf8.count { $0 == UInt8(ascii: "@") } == 1, "\(text.debugDescription)")
        #expect(canonical.utf8.allSatisfy { (0x21..<0x7f).contains($0) }, "\(text.debugDescription)")
        #expect((try? EmailAddress(canonical)) == address, "\(text.debugDescription)")
    }
}

@Test func `the masked form keeps the domain and one letter`() throws {
    #expect(try EmailAddress("ann@corp.com").masked == "a**@corp.com")
}
