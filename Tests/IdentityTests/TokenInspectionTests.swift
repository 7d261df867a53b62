import GateModel
import Testing

@testable import Identity

// What `runegate token inspect` knows without the daemon.

@Suite struct TokenInspectionTests {
    private let keyring = Keyring(
        jwtSecret: IdentityFixture.jwtSecret, sessionKey: IdentityFixture.sessionKey)

    private func inspect(_ text: String, keyring: Keyring? = nil, now: Int64 = 1_790_000_010)
        -> TokenInspection
    {
        TokenInspection(
            text, keyring: keyring ?? self.keyring, origin: IdentityFixture.origin, nowUnixSeconds: now)
    }

    private func link(origin: String = IdentityFixture.origin) -> String {
        LinkToken(
            identifier: "jti", subject: "ann@example.com", issuedAt: 1_790_000_000, expiresAt: 1_790_000_900,
            origin: origin
        ).signed(with: keyring.links)
    }

    @Test func `a sound link says whom it signs in`() {
        let found = inspect(link())
        #expect(found.kind == .link)
        #expect(found.isSound)
        #expect(found.claims["sub"] == "ann@example.com")
        #expect(found.header["alg"] == "HS256")
    }

    @Test func `a session cookie is named as the list names it`() {
        let token = SessionToken(
            identifier: "sid", subject: "ann@example.com", issuedAt: 1_790_000_000, expiresAt: 1_790_000_900)
        let found = inspect(token.signed(with: keyring.session))
        #expect(found.kind == .session)
        #expect(found.sessionID == SessionID(identifier: "sid"))
    }

    @Test func `an expired link, another gateway's link and a changed one are told apart`() {
        #expect(inspect(link(), now: 1_790_001_000).findings.first?.contains("expired 1 min ago") == true)
        #expect(
            inspect(link(origin: "https://other.test")).findings.first?.contains("another gateway") == true)
        let changed = inspect(link().dropLast(2) + "AA")
        #expect(changed.signature == .wrong)
        #expect(!changed.isSound)
    }

    @Test func `without keys the signature is not checked; what is no token is said to be none`() {
        let found = TokenInspection(link(), keyring: nil, origin: nil, nowUnixSeconds: 0)
        #expect(found.signature == .unchecked)
        #expect(inspect("hello").kind == .unknown)
        #expect(!inspect("hello").findings.isEmpty)
    }

    @Test(arguments: [(Int64(0), "1970-01-01T00:00:00Z"), (1_790_000_000, "2026-09-21T14:13:20Z")])
    func `times are told in UTC`(seconds: Int64, text: String) {
        #expect(TokenInspection.timestamp(unixSeconds: seconds) == text)
    }
}
