import Cryptography
import GateModel
import Testing

@testable import Identity

// The signatures of the standards' own examples.

@Suite struct TokenVectorTests {
    @Test func `RFC 7515 appendix A.1 is signed and verified with HS256`() throws {
        let key = SigningKey.hs256(
            Secret(
                bytes: try #require(
                    Base64URL.decode(
                        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
                    ))))
        let input =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let signature = try #require(Base64URL.decode("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        #expect(key.sign(Array(input.utf8)) == signature)
        #expect(key.verify(signature, of: Array(input.utf8)))
        #expect(!key.verify(signature, of: Array(input.utf8) + [0x20]))
    }

    @Test func `RFC 8037 appendix A.4 is signed and verified with Ed25519`() throws {
        let seed = Secret(
            bytes: try #require(Base64URL.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")))
        let publicKey = try #require(Base64URL.decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
        #expect(Ed25519.publicKey(seed: seed) == publicKey)
        let key = SigningKey.edDSA(seed: seed, publicKey: publicKey)
        let input = Array("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc".utf8)
        let signature = try #require(
            Base64URL.decode(
                "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"))
        #expect(key.sign(input) == signature)
        #expect(key.verify(signature, of: input))
    }

    @Test func `each purpose has a key of its own`() {
        let keys = KeyPurpose.allCases.map { Keyring.derive($0, from: IdentityFixture.jwtSecret).bytes }
        #expect(Set(keys).count == KeyPurpose.allCases.count)
    }
}
