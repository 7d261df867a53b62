import Cryptography
import GateModel
import Testing

@testable import Identity

// Tokens that must not count, each one step away from one that does.

@Suite struct ForgedTokenTests {
    private static let link = LinkToken(
        identifier: "AAAAAAAAAAAAAAAAAAAAAA", subject: "ann@example.com", issuedAt: 1_790_000_000,
        expiresAt: 1_790_000_900, origin: IdentityFixture.origin)
    private static let session = SessionToken(
        identifier: "sid", subject: "ann@example.com", issuedAt: 1_790_000_000, expiresAt: 1_790_604_800)

    private static func keyring(_ algorithm: IdentitySettings.Algorithm) -> Keyring {
        Keyring(
            jwtSecret: IdentityFixture.jwtSecret, sessionKey: IdentityFixture.sessionKey,
            linkAlgorithm: algorithm)
    }

    private static let hs256 = keyring(.hs256)

    /// A token with any header and payload text, signed by the key that really signs links.
    private static func signed(_ header: String, _ payload: String, key: SigningKey? = nil) -> String {
        let input = "\(Base64URL.encode(Array(header.utf8))).\(Base64URL.encode(Array(payload.utf8)))"
        return input + "." + Base64URL.encode((key ?? hs256.links.current.key).sign(Array(input.utf8)))
    }

    private static func header(_ members: String) -> String {
        "{\(members.replacing("KID", with: hs256.links.currentID))}"
    }

    private static let goodHeader = header(#""alg":"HS256","kid":"KID","typ":"runegate-magic+jwt""#)
    private static let goodClaims =
        #"{"jti":"AAAAAAAAAAAAAAAAAAAAAA","sub":"ann@example.com","iat":1790000000,"exp":1790000900,"#
        + #""iss":"http://localhost:7870","aud":"http://localhost:7870"}"#

    private static func verify(_ token: String) -> LinkToken? {
        LinkToken.verify(token, keys: hs256.links, origin: IdentityFixture.origin)
    }

    @Test(arguments: [IdentitySettings.Algorithm.hs256, .edDSA])
    func `what was signed is verified`(algorithm: IdentitySettings.Algorithm) {
        let keys = Self.keyring(algorithm).links
        let token = Self.link.signed(with: keys)
        #expect(LinkToken.verify(token, keys: keys, origin: IdentityFixture.origin) == Self.link)
        #expect(Self.verify(Self.signed(Self.goodHeader, Self.goodClaims)) == Self.link)
    }

    @Test(arguments: [
        #""alg":"none","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"None","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"nOnE","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"hs256","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"HS512","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"RS256","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"EdDSA","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"","kid":"KID","typ":"runegate-magic+jwt""#,
        #""kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"HS256","typ":"runegate-magic+jwt""#,
        #""alg":"HS256","kid":"","typ":"runegate-magic+jwt""#,
        #""alg":"HS256","kid":"../../dev/null","typ":"runegate-magic+jwt""#,
        #""alg":"HS256","kid":1,"typ":"runegate-magic+jwt""#,
        #""alg":"HS256","kid":"KID""#,
        #""alg":"HS256","kid":"KID","typ":"JWT""#,
        #""alg":"HS256","kid":"KID","typ":"runegate-session+jwt""#,
        #""alg":"HS256","kid":"KID","typ":"RUNEGATE-MAGIC+JWT""#,
        #""alg":"HS256","kid":"KID","typ":"runegate-magic+jwt","crit":"exp""#,
        #""alg":"HS256","kid":"KID","typ":"runegate-magic+jwt","crit":["exp"]"#,
        #""alg":"HS256","kid":"KID","typ":"runegate-magic+jwt","b64":false"#,
        #""alg":"HS256","kid":"KID","typ":"runegate-magic+jwt","jku":"http://evil.test/""#,
        #""alg":"HS256","alg":"HS256","kid":"KID","typ":"runegate-magic+jwt""#,
        #""alg":"none","alg":"HS256","kid":"KID","typ":"runegate-magic+jwt""#,
    ])
    func `a header that says anything else is refused, though the signature is right`(members: String) {
        #expect(Self.verify(Self.signed(Self.header(members), Self.goodClaims)) == nil)
    }

    @Test(arguments: [
        (#""exp":1790000900"#, #""exp":"1790000900""#), (#""exp":1790000900"#, #""exp":1790000900.0"#),
        (#""exp":1790000900"#, #""exp":1e30"#), (#""exp":1790000900,"#, ""), (#""iat":1790000000,"#, ""),
        (#""sub":"ann@example.com","#, ""), (#""sub":"ann@example.com""#, #""sub":["ann@example.com"]"#),
        (#""sub":"ann@example.com""#, #""sub":"ann@example.com","sub":"bob@example.com""#),
        (#""jti":"AAAAAAAAAAAAAAAAAAAAAA","#, ""),
        (#""iss":"http://localhost:7870""#, #""iss":"http://evil.test""#),
        (#""aud":"http://localhost:7870""#, #""aud":"http://localhost:7871""#),
        (#""aud":"http://localhost:7870""#, #""aud":["http://localhost:7870"]"#),
        (#","aud":"http://localhost:7870""#, ""), (#"{"jti""#, #"{"admin":1,"jti""#), ("}", "}}"),
        ("}", "} {}"),
    ])
    func `claims in any other form are refused, though the signature is right`(old: String, new: String) {
        let claims = Self.goodClaims.replacing(old, with: new)
        #expect(claims != Self.goodClaims)
        #expect(Self.verify(Self.signed(Self.goodHeader, claims)) == nil)
    }

    @Test func `a signature under any other key is refused`() {
        for key in [
            Secret(bytes: []), Secret(bytes: Array(repeating: 0, count: 32)), IdentityFixture.jwtSecret,
            Keyring.derive(.sessionCookie, from: IdentityFixture.jwtSecret), Secret(text: "secret"),
        ] {
            #expect(Self.verify(Self.signed(Self.goodHeader, Self.goodClaims, key: .hs256(key))) == nil)
        }
    }

    @Test func `an HMAC made with the public key is no EdDSA signature`() throws {
        let keys = Self.keyring(.edDSA).links
        guard case .edDSA(_, let publicKey) = keys.current.key else {
            Issue.record("not an Ed25519 key")
            return
        }
        for algorithm in ["HS256", "EdDSA"] {
            let header = Self.goodHeader.replacing("HS256", with: algorithm)
            let token = Self.signed(header, Self.goodClaims, key: .hs256(Secret(bytes: publicKey)))
            #expect(LinkToken.verify(token, keys: keys, origin: IdentityFixture.origin) == nil)
        }
    }

    @Test(arguments: [IdentitySettings.Algorithm.hs256, .edDSA])
    func `every flipped bit of the signature voids the token`(algorithm: IdentitySettings.Algorithm) throws {
        let keys = Self.keyring(algorithm).links
        let token = Self.link.signed(with: keys)
        let end = try #require(token.lastIndex(of: "."))
        let signature = try #require(Base64URL.decode(token[token.index(after: end)...]))
        for bit in 0..<signature.count * 8 {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let forged = token[...end] + Base64URL.encode(changed)
            #expect(LinkToken.verify(forged, keys: keys, origin: IdentityFixture.origin) == nil, "bit \(bit)")
        }
    }

    @Test func `every changed character voids the token`() {
        let token = Array(Self.session.signed(with: Self.hs256.session).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: changed, as: UTF8.self)
            #expect(SessionToken.verify(text, keys: Self.hs256.session) == nil, "at \(index)")
        }
    }

    @Test(arguments: [
        "", ".", "..", "...", "a.b", "a.b.c.d", "eyJ.eyJ.", "=.=.=", "e30.e30.", "e30.e30.AA",
        "\u{0}.\u{0}.\u{0}",
        String(repeating: "A", count: 5000), String(repeating: ".", count: 3000),
    ])
    func `what is no token is refused`(text: String) {
        #expect(Self.verify(text) == nil)
        #expect(SessionToken.verify(text, keys: Self.hs256.session) == nil)
    }

    @Test func `padding, spaces, another alphabet and missing parts are refused`() {
        let token = Self.signed(Self.goodHeader, Self.goodClaims)
        let parts = token.split(separator: ".").map(String.init)
        let variants = [
            token + "=", token + " ", " " + token, token + ".", token + "\n", parts[0] + "." + parts[1],
            parts[0] + "." + parts[1] + ".", parts.joined(separator: "=."),
            parts.reversed().joined(separator: "."),
        ]
        for variant in variants { #expect(Self.verify(variant) == nil, "\(variant)") }
    }

    @Test func `a token over two kibibytes is refused, whoever signed it`() {
        let claims = Self.goodClaims.replacing("ann@", with: String(repeating: "a", count: 2048) + "@")
        #expect(Self.verify(Self.signed(Self.goodHeader, claims)) == nil)
    }

    @Test func `a token of one kind is none of the other`() {
        let link = Self.link.signed(with: Self.hs256.links)
        let session = Self.session.signed(with: Self.hs256.session)
        #expect(SessionToken.verify(link, keys: Self.hs256.session) == nil)
        #expect(SessionToken.verify(link, keys: Self.hs256.links) == nil)
        #expect(Self.verify(session) == nil)
    }

    @Test func `previous keys verify and never sign`() throws {
        let new = Secret(text: "another secret of thirty-two bytes")
        let rotated = Keyring(
            jwtSecret: new, previousJWTSecrets: [IdentityFixture.jwtSecret], sessionKey: new,
            previousSessionKeys: [IdentityFixture.sessionKey])
        let old = Self.session.signed(with: Self.hs256.session)
        #expect(try #require(SessionToken.verify(old, keys: rotated.session)).isPrevious)
        let fresh = Self.session.signed(with: rotated.session)
        #expect(!(try #require(SessionToken.verify(fresh, keys: rotated.session)).isPrevious))
        #expect(SessionToken.verify(fresh, keys: Self.hs256.session) == nil)
    }
}
