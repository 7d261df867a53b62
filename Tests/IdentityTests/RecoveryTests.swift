import GateModel
import Mail
import Store
import TestSupport
import Testing

@testable import Identity

// "Mail me when it is back": when it is back, and who gets a mail.

@Suite struct RecoveryRuleTests {
    @Test func `back means without a break for the whole time`() {
        var rule = RecoveryRule(stableFor: .seconds(30))
        var said: [Int] = []
        // Broken at first, up at 10, down again for a second at 25, up from 26 on.
        for second in 0...60 where rule.isBack(isBroken: second < 10 || second == 25, at: .seconds(second)) {
            said.append(second)
        }
        #expect(said.first == 56)
    }

    @Test func `with no time asked for the first look is enough`() {
        var rule = RecoveryRule(stableFor: .zero)
        let isBack = rule.isBack(isBroken: false, at: .seconds(5))
        #expect(isBack)
    }
}

@Suite struct RecoveryMailTests {
    private func ask(_ fixture: IdentityFixture, _ session: Session) async throws -> RecoveryAnswer {
        await fixture.services.recoveryMails.ask(session, client: try IdentityFixture.client("192.0.2.9"))
    }

    /// A fixture with somebody signed in, and no mail left over.
    private func signedIn() async throws -> (IdentityFixture, Session) {
        let fixture = try await IdentityFixture()
        let session = try await fixture.enter().session
        for mail in try await fixture.services.store.waitingMails(excluding: [], limit: 9) {
            await fixture.services.mailQueue.report(mail.id, .sent(reply: "250"))
        }
        return (fixture, session)
    }

    @Test func `one mail leaves, however often it was asked for`() async throws {
        let (fixture, session) = try await signedIn()
        let mails = fixture.services.recoveryMails
        #expect(!mails.isAwaiting(session.email))
        for _ in 0..<10 { #expect(try await ask(fixture, session) == .accepted) }
        #expect(mails.isAwaiting(session.email))
        #expect(await fixture.services.mailQueue.lease() == nil)
        await mails.release()
        #expect(!mails.isAwaiting(session.email))
        let job = try #require(await fixture.services.mailQueue.lease())
        #expect(job.kind == .recovery && job.recipient == session.email && job.code == nil)
        #expect(job.loginURL == "http://localhost:7870/")
        await fixture.services.mailQueue.report(job.id, .sent(reply: "250"))
        await mails.release()
        #expect(await fixture.services.mailQueue.lease() == nil)
    }

    @Test func `the wish survives a restart`() async throws {
        let (fixture, session) = try await signedIn()
        _ = try await ask(fixture, session)
        let again = try await fixture.restarted()
        await again.services.recoveryMails.refresh()
        #expect(again.services.recoveryMails.isAwaiting(session.email))
        await again.services.recoveryMails.release()
        #expect(await again.services.mailQueue.lease()?.kind == .recovery)
    }

    @Test func `whoever was revoked, signed out or taken off the list gets none`() async throws {
        let (fixture, session) = try await signedIn()
        let mails = fixture.services.recoveryMails
        _ = try await ask(fixture, session)
        _ = try await fixture.sessions.revoke(user: session.email)
        await mails.release()
        #expect(await fixture.services.mailQueue.lease() == nil)
        #expect(try await ask(fixture, session) == .unavailable, "the session is over")

        let second = try await fixture.enter("bob@example.com").session
        _ = try await ask(fixture, second)
        try await fixture.sessions.end(second)
        await mails.release()
        #expect(await fixture.services.mailQueue.lease() == nil)

        let third = try await fixture.enter("eve@corp.example").session
        _ = try await ask(fixture, third)
        await mails.release()
        var settings = fixture.settings
        settings.policy.domains = []
        await fixture.services.apply(settings)
        #expect(await fixture.services.mailQueue.lease() == nil)
    }

    @Test func `asking counts against the limit of the network it comes from`() async throws {
        let fixture = try await IdentityFixture { $0.rates.loginPerMinute = 1 }
        let session = try await fixture.enter().session
        #expect(try await ask(fixture, session) == .accepted)
        let other = try await fixture.enter("bob@example.com", from: "192.0.2.2").session
        #expect(try await ask(fixture, other) == .limited(Limit(kind: .ip, resetSeconds: 60)))
        #expect(try await ask(fixture, session) == .accepted, "who waits already may ask again")
    }

    @Test(.timeLimit(.minutes(1))) func `it waits for the app, and then writes`() async throws {
        let (fixture, session) = try await signedIn()
        let isBroken = Box(true)
        let looked = Box(0)
        let service = Task {
            await fixture.services.recoveryMails.run(stableFor: .zero) {
                looked.value += 1
                return isBroken.value
            }
        }
        _ = try await ask(fixture, session)
        while looked.value == 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(await fixture.services.mailQueue.lease() == nil)
        isBroken.value = false
        while fixture.services.recoveryMails.isAwaiting(session.email) {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(await fixture.services.mailQueue.lease()?.kind == .recovery)
        service.cancel()
        await service.value
    }
}
