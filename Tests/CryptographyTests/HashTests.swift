import GateModel
import Testing

@testable import Cryptography

private func bytes(_ hex: String) throws -> [UInt8] {
    try #require(Hex.decode(hex))
}

@Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
])
func `SHA-256 gives the digests of FIPS 180-4`(text: String, digest: String) {
    #expect(Hex.encode(SHA256.hash(text.utf8)) == digest)
}

/// RFC 4231 §4.2–4.4, 4.5 (partly), 4.7 and 4.8: key, data, tag.
private let hmacVectors = [
    (
        String(repeating: "0b", count: 20), Hex.encode("Hi There".utf8),
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
        Hex.encode("Jefe".utf8), Hex.encode("what do ya want for nothing?".utf8),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
        String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ),
    (
        "0102030405060708090a0b0c0d0e0f10111213141516171819", String(repeating: "cd", count: 50),
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ),
    (
        String(repeating: "aa", count: 131),
        Hex.encode("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    (
        String(repeating: "aa", count: 131),
        Hex.encode(
            """
            This is a test using a larger than block-size key and a larger than block-size data. The key needs to be \
            hashed before being used by the HMAC algorithm.
            """.utf8),
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ),
]

@Test(arguments: hmacVectors)
func `HMAC-SHA-256 gives the tags of RFC 4231`(key: String, data: String, tag: String) throws {
    #expect(try Hex.encode(HMACSHA256.authenticate(bytes(data), key: Secret(bytes: bytes(key)))) == tag)
}

@Test func `HKDF-SHA-256 gives the keys of RFC 5869`() throws {
    let secret = Secret(bytes: [UInt8](repeating: 0x0b, count: 22))
    let first = HKDFSHA256.derive(
        from: secret, salt: Array(0...12), info: Array(0xf0...0xf9), count: 42)
    #expect(
        Hex.encode(first.bytes)
            == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")
    let second = HKDFSHA256.derive(
        from: Secret(bytes: Array(0...0x4f)), salt: Array(0x60...0xaf), info: Array(0xb0...0xff), count: 82)
    #expect(
        Hex.encode(second.bytes)
            == """
            b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09\
            da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87
            """)
    let third = HKDFSHA256.derive(from: secret, label: "", count: 42)
    #expect(
        Hex.encode(third.bytes)
            == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8")
}

@Test func `labels give keys that have nothing in common`() {
    let secret = Secret(bytes: Random.bytes(32))
    let keys = ["a", "b", "ab", ""].map { HKDFSHA256.derive(from: secret, label: $0, count: 32) }
    #expect(Set(keys).count == keys.count)
    #expect(HKDFSHA256.derive(from: secret, label: "a", count: 16).bytes == Array(keys[0].bytes.prefix(16)))
}

@Test func `equality in constant time is equality`() {
    #expect(equalInConstantTime([], []))
    #expect(equalInConstantTime([1, 2], [1, 2]))
    #expect(!equalInConstantTime([1, 2], [1, 3]))
    #expect(!equalInConstantTime([1, 2], [1, 2, 3]))
}

@Test func `random bytes differ from call to call`() {
    let drawn = Set((0..<100).map { _ in Random.bytes(16) })
    #expect(drawn.count == 100)
    #expect(Random.bytes(0).isEmpty)
}
