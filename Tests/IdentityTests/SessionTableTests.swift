import GateModel
import Glibc
import Store
import TestSupport
import Testing

@testable import Identity

// What requests are checked against: alive, ended, expired, restarted, rotated.

@Suite struct SessionTableTests {
    @Test func `a session is idle after a day without a request, and streams count as use`() async throws {
        let fixture = try await IdentityFixture()
        let new = try await fixture.enter()
        fixture.time.advance(by: .seconds(80_000))
        #expect(fixture.sessions.authenticate(new.cookieValue) != nil)
        fixture.time.advance(by: .seconds(80_000))
        fixture.sessions.touch(new.session)
        fixture.time.advance(by: .seconds(86_399))
        #expect(fixture.sessions.authenticate(new.cookieValue) != nil)
        fixture.time.advance(by: .seconds(86_400))
        #expect(fixture.sessions.authenticate(new.cookieValue) == nil)
        #expect(fixture.sessions.list().isEmpty)
    }

    @Test func `a session ends at its absolute life, used or not`() async throws {
        let fixture = try await IdentityFixture()
        let new = try await fixture.enter()
        for _ in 0..<7 {
            #expect(fixture.sessions.authenticate(new.cookieValue) != nil)
            fixture.time.advance(by: .seconds(86_399))
        }
        fixture.time.advance(by: .seconds(7))
        #expect(fixture.sessions.authenticate(new.cookieValue) == nil)
    }

    @Test func `whoever waits for the end hears of it once: at sign-out, revocation and expiry`() async throws
    {
        let fixture = try await IdentityFixture()
        let calls = Box(0)
        let (first, second) = (try await fixture.enter(), try await fixture.enter("bob@example.com"))
        let kept = [first, second].map { fixture.sessions.onEnd(of: $0.session) { calls.value += 1 } }
        let cancelled = fixture.sessions.onEnd(of: first.session) { calls.value += 100 }
        cancelled.cancel()
        try await fixture.sessions.end(first.session)
        #expect(calls.value == 1)
        #expect(fixture.sessions.authenticate(first.cookieValue) == nil)
        fixture.time.advance(by: .seconds(86_400))
        await fixture.services.sweep()
        await fixture.services.sweep()
        #expect(calls.value == 2)
        let late = fixture.sessions.onEnd(of: second.session) { calls.value += 1 }
        #expect(calls.value == 3)
        withExtendedLifetime((kept, late)) {}
    }

    @Test func `revoking by id and by user ends at once and lasts`() async throws {
        let fixture = try await IdentityFixture { $0.rates.isEnabled = false }
        let (one, two) = (try await fixture.enter(), try await fixture.enter())
        let other = try await fixture.enter("bob@example.com")
        #expect(try await fixture.sessions.revoke(id: "\(one.session.id)") == 1)
        #expect(try await fixture.sessions.revoke(id: "\(one.session.id)") == 0)
        #expect(fixture.sessions.authenticate(one.cookieValue) == nil)
        #expect(fixture.sessions.authenticate(two.cookieValue) != nil)
        let waiting = try fixture.token(of: try await fixture.ask())
        #expect(try await fixture.sessions.revoke(user: try EmailAddress("Ann@example.com")) == 1)
        #expect(fixture.sessions.authenticate(two.cookieValue) == nil)
        let client = try IdentityFixture.client()
        #expect(await fixture.signIn.spend(token: waiting, nonce: nil, client: client).isInvalid)
        let restarted = try await fixture.restarted()
        #expect(restarted.sessions.list().map(\.email.description) == ["bob@example.com"])
        #expect(restarted.sessions.authenticate(other.cookieValue) != nil)
    }

    @Test(arguments: ["", "abc", "1234567"])
    func `a short id is refused`(prefix: String) async throws {
        let fixture = try await IdentityFixture()
        await #expect(throws: Fault.self) { try await fixture.sessions.revoke(id: prefix) }
    }

    @Test func `sessions and their last use survive a restart`() async throws {
        let fixture = try await IdentityFixture()
        let new = try await fixture.enter()
        fixture.time.advance(by: .seconds(80_000))
        #expect(fixture.sessions.authenticate(new.cookieValue) != nil)
        await fixture.services.save()
        fixture.time.advance(by: .seconds(80_000))
        let restarted = try await fixture.restarted()
        let found = try #require(restarted.sessions.authenticate(new.cookieValue))
        #expect(found.session.user == "ann@example.com")
        #expect(found.session.begun == new.session.begun)
        #expect(found.reissuedCookie == nil)
    }

    @Test func `a cookie by a previous key counts and is issued anew; without that key it does not`()
        async throws
    {
        let fixture = try await IdentityFixture()
        let new = try await fixture.enter()
        let next = Secret(bytes: Array(repeating: 10, count: 64))
        let rotated = try await fixture.restarted(
            keyring: Keyring(
                jwtSecret: IdentityFixture.jwtSecret, sessionKey: next,
                previousSessionKeys: [IdentityFixture.sessionKey]))
        let reissued = try #require(rotated.sessions.authenticate(new.cookieValue)?.reissuedCookie)
        #expect(rotated.sessions.authenticate(new.cookieValue)?.reissuedCookie == reissued)
        let found = try #require(rotated.sessions.authenticate(reissued))
        #expect(found.reissuedCookie == nil)
        let later = try await rotated.restarted(
            keyring: Keyring(jwtSecret: IdentityFixture.jwtSecret, sessionKey: next))
        #expect(later.sessions.authenticate(new.cookieValue) == nil)
        #expect(later.sessions.authenticate(reissued) != nil)
    }

    @Test func `whom the policy drops is signed out at reload and at start`() async throws {
        let fixture = try await IdentityFixture()
        let (ann, bob) = (try await fixture.enter(), try await fixture.enter("bob@example.com"))
        var settings = fixture.settings
        settings.policy.emails.remove(try EmailAddress("ann@example.com"))
        await fixture.services.apply(settings)
        #expect(ann.session.hasEnded)
        #expect(fixture.sessions.authenticate(ann.cookieValue) == nil)
        #expect(fixture.sessions.authenticate(bob.cookieValue) != nil)
        let restarted = try await fixture.restarted {
            $0.policy = AccessPolicy(domains: [try DomainName("corp.example")])
        }
        #expect(restarted.sessions.authenticate(bob.cookieValue) == nil)
    }

    @Test func `a shorter life takes hold at reload`() async throws {
        let fixture = try await IdentityFixture()
        let new = try await fixture.enter()
        fixture.time.advance(by: .seconds(3600))
        var settings = fixture.settings
        settings.sessionLife = .seconds(3600)
        await fixture.services.apply(settings)
        #expect(fixture.sessions.authenticate(new.cookieValue) == nil)
    }

    @Test func `a cookie whose claims are not the session's does not count, though the key is right`()
        async throws
    {
        let fixture = try await IdentityFixture()
        let new = try await fixture.enter()
        let (right, _) = try #require(SessionToken.verify(new.cookieValue, keys: fixture.keyring.session))
        let variants = [
            SessionToken(
                identifier: right.identifier, subject: "bob@example.com", issuedAt: right.issuedAt,
                expiresAt: right.expiresAt),
            SessionToken(
                identifier: right.identifier, subject: right.subject, issuedAt: right.issuedAt,
                expiresAt: right.expiresAt + 1),
            SessionToken(
                identifier: right.identifier, subject: right.subject, issuedAt: right.issuedAt - 1,
                expiresAt: right.expiresAt),
            SessionToken(
                identifier: SessionToken.randomIdentifier(), subject: right.subject, issuedAt: right.issuedAt,
                expiresAt: right.expiresAt),
        ]
        for variant in variants {
            #expect(fixture.sessions.authenticate(variant.signed(with: fixture.keyring.session)) == nil)
        }
        #expect(fixture.sessions.authenticate(new.cookieValue) != nil)
        #expect(fixture.sessions.authenticate(new.cookieValue[...]) != nil)
    }

    @Test func `without the database sessions go on, ends hold, and both are written when it is back`()
        async throws
    {
        let directory = TemporaryDirectory()
        let state = directory.path + "/state"
        let fixture = try await IdentityFixture(statePath: state)
        let (ann, bob) = (try await fixture.enter(), try await fixture.enter("bob@example.com"))
        #expect(rename(state, state + ".away") == 0)
        #expect(symlink("/dev/null/nowhere", state) == 0)
        #expect(fixture.sessions.authenticate(ann.cookieValue) != nil)
        #expect(try await fixture.request("ann@corp.example") == .unavailable)
        await #expect(throws: Fault.self) { try await fixture.sessions.end(bob.session) }
        #expect(fixture.sessions.authenticate(bob.cookieValue) == nil)

        unlink(state)
        #expect(rename(state + ".away", state) == 0)
        fixture.time.advance(by: .seconds(5))
        await fixture.services.sweep()
        #expect(fixture.sessions.authenticate(bob.cookieValue) == nil)
        await fixture.services.store.close()
        let restarted = try await IdentityFixture(directory: directory, time: fixture.time, statePath: state)
        #expect(restarted.sessions.list().map(\.email.description) == ["ann@example.com"])
    }

    @Test func `a database that is lost is filled again from memory`() async throws {
        let fixture = try await IdentityFixture()
        let ann = try await fixture.enter()
        for name in fixture.directory.entries { unlink(fixture.directory.path + "/" + name) }
        fixture.time.advance(by: .seconds(5))
        await fixture.services.sweep()
        let restarted = try await fixture.restarted()
        #expect(restarted.sessions.authenticate(ann.cookieValue) != nil)
    }
}
