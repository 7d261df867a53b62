import Cryptography
import GateModel
import Testing

// X25519 against the vectors of RFC 7748.

struct X25519Tests {
    private func bytes(_ hexadecimal: String) throws -> [UInt8] {
        try #require(Hex.decode(hexadecimal))
    }

    /// §5.2, the two single multiplications.
    @Test(arguments: [
        (
            "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
            "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"
        ),
        (
            "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
            "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"
        ),
    ])
    func `multiplies as the standard says`(scalar: String, point: String, product: String) throws {
        let shared = X25519.sharedSecret(
            privateKey: Secret(bytes: try bytes(scalar)), publicKey: try bytes(point))
        #expect(shared?.bytes == (try bytes(product)))
    }

    /// §5.2, the first 1000 iterations.
    @Test func `multiplies a thousand times as the standard says`() throws {
        var scalar = try bytes("0900000000000000000000000000000000000000000000000000000000000000")
        var point = scalar
        for _ in 0..<1000 {
            let product = try #require(
                X25519.sharedSecret(privateKey: Secret(bytes: scalar), publicKey: point))
            (scalar, point) = (product.bytes, scalar)
        }
        #expect(
            Hex.encode(scalar) == "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
    }

    /// §6.1, the exchange between Alice and Bob.
    @Test func `agrees as Alice and Bob do`() throws {
        let alice = Secret(
            bytes: try bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"))
        let bob = Secret(
            bytes: try bytes("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))
        let alicePublic = X25519.publicKey(of: alice)
        let bobPublic = X25519.publicKey(of: bob)
        #expect(
            Hex.encode(alicePublic) == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
        #expect(
            Hex.encode(bobPublic) == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        let shared = try bytes("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
        #expect(X25519.sharedSecret(privateKey: alice, publicKey: bobPublic)?.bytes == shared)
        #expect(X25519.sharedSecret(privateKey: bob, publicKey: alicePublic)?.bytes == shared)
    }

    @Test func `refuses points that give zero, and other lengths`() {
        let key = X25519.makePrivateKey()
        #expect(X25519.sharedSecret(privateKey: key, publicKey: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(
            X25519.sharedSecret(privateKey: key, publicKey: [1] + [UInt8](repeating: 0, count: 31)) == nil)
        #expect(X25519.sharedSecret(privateKey: key, publicKey: [UInt8](repeating: 9, count: 31)) == nil)
        #expect(X25519.sharedSecret(privateKey: key, publicKey: []) == nil)
    }

    @Test func `makes clamped keys, each another`() {
        let key = X25519.makePrivateKey()
        #expect(key.bytes[0] & 7 == 0)
        #expect(key.bytes[31] & 0xc0 == 0x40)
        #expect(key != X25519.makePrivateKey())
    }
}
