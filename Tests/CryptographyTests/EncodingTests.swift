import Cryptography
import Testing

/// RFC 4648 §10 without padding.
private let base64Vectors = [
    ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"), ("fooba", "Zm9vYmE"),
    ("foobar", "Zm9vYmFy"),
]

@Test(arguments: base64Vectors)
func `base64url is the one of RFC 4648`(text: String, encoded: String) {
    #expect(Base64URL.encode(Array(text.utf8)) == encoded)
    #expect(Base64URL.decode(encoded) == Array(text.utf8))
}

@Test func `base64url uses the characters of URLs`() {
    #expect(Base64URL.encode([0xfb, 0xff, 0xfe]) == "-__-")
    #expect(Base64URL.decode("-__-") == [0xfb, 0xff, 0xfe])
}

@Test(arguments: [
    // Padding, the other alphabet, blanks, other text, impossible lengths, bits that no encoder sets.
    "Zg==", "Zm8=", "+//+", "Zm9 v", "Zm9v\n", " Zm9v", "Zm9v\u{0}", "Zm9vé", "Z", "Zm9vY", "Zh", "Zm9=",
    "Zm-", "ZmA\r",
])
func `base64url has one spelling a value`(text: String) {
    #expect(Base64URL.decode(text) == nil)
}

@Test func `base64url comes back for every length`() {
    for count in 0..<100 {
        let bytes = Random.bytes(count)
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }
}

@Test func `no two texts decode to the same bytes`() {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    var seen: Set<[UInt8]> = []
    for first in alphabet {
        for second in alphabet {
            guard let bytes = Base64URL.decode(String([first, second])) else { continue }
            #expect(seen.insert(bytes).inserted)
        }
    }
    #expect(seen.count == 256)
}

@Test func `hex reads both cases and writes one`() {
    #expect(Hex.encode([0x00, 0xab, 0xff]) == "00abff")
    #expect(Hex.decode("00ABff") == [0x00, 0xab, 0xff])
    for text in ["0", "0g", " 00", "00 ", "0x00", "٠٠", "00\u{0}0"] {
        #expect(Hex.decode(text) == nil, "\(text)")
    }
}

@Test(arguments: [
    ([UInt8](), ""), ([0x00], "00"), ([0xff], "ZW"), ([0xff, 0xff, 0xff, 0xff, 0xff], "ZZZZZZZZ"),
    ([0x08, 0x42, 0x10, 0x84, 0x21], "11111111"), ([0x01, 0x23, 0x45, 0x67, 0x89], "04HMASW9"),
])
func `base32 is Crockford's, five bits a character from the front`(bytes: [UInt8], text: String) {
    #expect(Base32.encode(bytes) == text)
    #expect(Base32.decode(text) == bytes)
}

@Test(arguments: ["0", "000", "000000", "01", "ZZ", "0U", "0o", "ab", "Ä"])
func `base32 of no bytes is refused`(text: String) {
    #expect(Base32.decode(text) == nil)
}

@Test func `base32 reads what people type`() {
    #expect(Base32.canonical("abcd-efgh") == "ABCDEFGH")
    #expect(Base32.canonical(" o0 iI lL 1 ") == "0011111")
    #expect(Base32.canonical("") == "")
    for text in ["U", "ABCD!", "ÄBCD", "０", "AB\nCD", "AB\u{0}"] {
        #expect(Base32.canonical(text) == nil, "\(text)")
    }
    for count in 0..<50 {
        let code = Base32.encode(Random.bytes(count))
        #expect(Base32.canonical(code.lowercased()) == code)
    }
}
