import GateModel
import Mail
import Testing

@testable import Identity

/// What was asked for at one door opens nothing at the other.
struct OwnersDoorTests {
    private static let origin = "http://owner.localhost:7870"

    private static func signIn(_ fixture: IdentityFixture) throws -> SignIn {
        let policy = AccessPolicy(emails: [try EmailAddress("ann@example.com")])
        return fixture.services.signInAtOwnersDoor(
            IdentitySettings(baseURL: try BaseURL(origin), policy: policy))
    }

    private static func ask(_ signIn: SignIn, _ email: String, _ fixture: IdentityFixture) async throws
        -> MailJob?
    {
        let answer = await signIn.requestLink(
            email: email, client: try IdentityFixture.client(), nonce: IdentityFixture.nonce, next: nil)
        #expect(answer == .accepted)
        return await fixture.services.mailQueue.lease()
    }

    @Test func `a link of the owner's door is for its origin and opens it alone`() async throws {
        let fixture = try await IdentityFixture()
        let owner = try Self.signIn(fixture)
        let job = try #require(await Self.ask(owner, "ann@example.com", fixture))
        #expect(job.loginURL.hasPrefix(Self.origin + "/.runegate/auth?token="))
        let token = try fixture.token(of: job)
        let (nonce, client) = (IdentityFixture.nonce, try IdentityFixture.client())
        #expect(await fixture.signIn.viewLink(token: token, nonce: nonce, client: client) == .invalid)
        #expect(await fixture.signIn.spend(token: token, nonce: nonce, client: client).isInvalid)
        #expect(await owner.spend(token: token, nonce: nonce, client: client).session != nil)
    }

    @Test func `a link of the app opens nothing at the owner's door, even an admin's`() async throws {
        let fixture = try await IdentityFixture()
        let owner = try Self.signIn(fixture)
        let token = try fixture.token(of: try await fixture.ask())
        let (nonce, client) = (IdentityFixture.nonce, try IdentityFixture.client())
        #expect(await owner.viewLink(token: token, nonce: nonce, client: client) == .invalid)
        #expect(await owner.spend(token: token, nonce: nonce, client: client).isInvalid)
        #expect(await fixture.signIn.spend(token: token, nonce: nonce, client: client).session != nil)
    }

    @Test func `a code counts at the door that it was asked for at`() async throws {
        let fixture = try await IdentityFixture { $0.rates.isEnabled = false }
        let owner = try Self.signIn(fixture)
        let (nonce, client) = (IdentityFixture.nonce, try IdentityFixture.client())
        let ofApp = try #require(try await fixture.ask().code)
        #expect(await owner.spend(code: ofApp, nonce: nonce, client: client).isInvalid)
        #expect(await fixture.signIn.spend(code: ofApp, nonce: nonce, client: client).session != nil)
        let ofOwner = try #require(try await Self.ask(owner, "ann@example.com", fixture)?.code)
        #expect(await fixture.signIn.spend(code: ofOwner, nonce: nonce, client: client).isInvalid)
        #expect(await owner.spend(code: ofOwner, nonce: nonce, client: client).session != nil)
    }

    @Test func `a session counts at the door that it was begun at, before and after it was seen`()
        async throws
    {
        let fixture = try await IdentityFixture { $0.rates.isEnabled = false }
        let owner = try Self.signIn(fixture)
        let ofApp = try await fixture.enter().cookieValue
        let job = try #require(await Self.ask(owner, "ann@example.com", fixture))
        let answer = await owner.spend(
            token: try fixture.token(of: job), nonce: IdentityFixture.nonce,
            client: try IdentityFixture.client())
        let ofOwner = try #require(answer.session).cookieValue
        for _ in 0..<2 {
            #expect(fixture.sessions.authenticate(ofApp, at: .owner) == nil)
            #expect(fixture.sessions.authenticate(ofOwner) == nil)
            #expect(fixture.sessions.authenticate(ofApp) != nil)
            #expect(fixture.sessions.authenticate(ofOwner, at: .owner) != nil)
        }
        #expect(fixture.sessions.list().count == 2)
        #expect(try await fixture.sessions.revoke(user: EmailAddress("ann@example.com")) == 2)
        #expect(fixture.sessions.authenticate(ofOwner, at: .owner) == nil)
    }

    @Test func `who is no admin gets the same answer and no mail, though the app is open to him`()
        async throws
    {
        let fixture = try await IdentityFixture()
        let owner = try Self.signIn(fixture)
        #expect(try await Self.ask(owner, "bob@example.com", fixture) == nil)
        #expect(try await fixture.request("ann@example.com") == .accepted)
    }

    @Test func `an owner's cookie is inspected as a session cookie`() {
        let keyring = Keyring(jwtSecret: IdentityFixture.jwtSecret, sessionKey: IdentityFixture.sessionKey)
        let token = SessionToken(
            identifier: SessionToken.randomIdentifier(), subject: "ann@example.com", issuedAt: 100,
            expiresAt: 200, door: .owner)
        let found = TokenInspection(
            token.signed(with: keyring.session), keyring: keyring, origin: nil, nowUnixSeconds: 150)
        #expect(found.kind == .session && found.isSound)
    }
}
