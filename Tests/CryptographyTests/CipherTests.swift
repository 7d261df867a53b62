import Cryptography
import GateModel
import Testing

private func bytes(_ hex: String) throws -> [UInt8] {
    try #require(Hex.decode(hex))
}

/// Test cases 13, 14 and 16 of the GCM submission to NIST: key, nonce, context, ciphertext and tag, plaintext.
private let gcmVectors = [
    (
        String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
        "530f8afbc74536b9a963b4f1c4cb738b", ""
    ),
    (
        String(repeating: "00", count: 32), String(repeating: "00", count: 12), "",
        "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", String(repeating: "00", count: 16)
    ),
    (
        "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
        "feedfacedeadbeeffeedfacedeadbeefabaddad2",
        """
        522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838\
        c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b
        """,
        """
        d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525\
        b16aedf5aa0de657ba637b39
        """
    ),
]

@Test(arguments: gcmVectors)
func `AES-256-GCM opens the test cases of NIST`(
    key: String, nonce: String, context: String, sealed: String, plaintext: String
) throws {
    let opened = try AESGCM.open(
        bytes(nonce) + bytes(sealed), key: Secret(bytes: bytes(key)), context: bytes(context))
    #expect(try opened == bytes(plaintext))
}

@Test(arguments: [0, 1, 15, 16, 17, 4096])
func `what was sealed opens with the same key and context only`(count: Int) {
    let key = Secret(bytes: Random.bytes(32))
    let plaintext = Random.bytes(count)
    let sealed = AESGCM.seal(plaintext, key: key, context: Array("row 1".utf8))
    #expect(AESGCM.open(sealed, key: key, context: Array("row 1".utf8)) == plaintext)
    #expect(AESGCM.open(sealed, key: key, context: Array("row 2".utf8)) == nil)
    #expect(AESGCM.open(sealed, key: key) == nil)
    #expect(AESGCM.open(sealed, key: Secret(bytes: Random.bytes(32)), context: Array("row 1".utf8)) == nil)
}

@Test func `every single changed bit keeps a sealed value shut`() {
    let key = Secret(bytes: Random.bytes(32))
    let sealed = AESGCM.seal(Array("a secret".utf8), key: key)
    for bit in 0..<(sealed.count * 8) {
        var changed = sealed
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(AESGCM.open(changed, key: key) == nil, "bit \(bit)")
    }
    for count in 0..<sealed.count {
        #expect(AESGCM.open(Array(sealed.prefix(count)), key: key) == nil, "\(count) bytes")
    }
}

@Test func `sealing the same twice gives different bytes`() {
    let key = Secret(bytes: Random.bytes(32))
    #expect(AESGCM.seal([1, 2, 3], key: key) != AESGCM.seal([1, 2, 3], key: key))
}

/// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
private let ed25519Vectors = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        """
        e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b\
        d25bf5f0595bbe24655141438e7a100b
        """
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        """
        92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c\
        387b2eaeb4302aeeb00d291612bb0c00
        """
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        """
        6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659\
        4a7c15e9716ed28dc027beceea1ec40a
        """
    ),
]

@Test(arguments: ed25519Vectors)
func `Ed25519 signs and verifies as RFC 8032 does`(
    seed: String, publicKey: String, message: String, signature: String
) throws {
    let seed = Secret(bytes: try bytes(seed))
    #expect(Hex.encode(Ed25519.publicKey(seed: seed)) == publicKey)
    #expect(try Hex.encode(Ed25519.sign(bytes(message), seed: seed)) == signature)
    #expect(try Ed25519.verify(bytes(signature), of: bytes(message), publicKey: bytes(publicKey)))
}

@Test func `every single changed bit makes a signature wrong`() throws {
    let seed = Secret(bytes: Random.bytes(32))
    let publicKey = Ed25519.publicKey(seed: seed)
    let message = Array("the message".utf8)
    let signature = Ed25519.sign(message, seed: seed)
    for bit in 0..<(signature.count * 8) {
        var changed = signature
        changed[bit / 8] ^= 1 << UInt8(bit % 8)
        #expect(!Ed25519.verify(changed, of: message, publicKey: publicKey), "bit \(bit)")
    }
    #expect(!Ed25519.verify(signature, of: message + [0], publicKey: publicKey))
    #expect(
        !Ed25519.verify(
            signature, of: message, publicKey: Ed25519.publicKey(seed: Secret(bytes: Random.bytes(32)))))
    #expect(!Ed25519.verify([], of: message, publicKey: publicKey))
    #expect(!Ed25519.verify(signature, of: message, publicKey: []))
    // The order of the group added to S: the same point, and a second signature if it counted (RFC 8032 §8.4).
    #expect(Ed25519.verify(signature, of: message, publicKey: publicKey))
    #expect(!Ed25519.verify(try malleated(signature), of: message, publicKey: publicKey))
}

private func malleated(_ signature: [UInt8]) throws -> [UInt8] {
    let order = try #require(Hex.decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"))
    var changed = signature
    var carry = 0
    for (index, byte) in order.enumerated() {
        let sum = Int(changed[32 + index]) + Int(byte) + carry
        changed[32 + index] = UInt8(truncatingIfNeeded: sum)
        carry = sum >> 8
    }
    return changed
}
