import GateModel
import Mail
import Store
import TestSupport
import Testing

@testable import Identity

// Mails leave once, later, or never: leases, back-off and outcomes.

@Suite struct MailQueueTests {
    @Test func `a leased mail is leased to nobody else, and a worker that died gives it back`() async throws {
        let fixture = try await IdentityFixture()
        let job = try await fixture.ask()
        let queue = fixture.services.mailQueue
        #expect(await queue.lease() == nil)
        fixture.time.advance(by: RetryTimes.leaseTime)
        #expect(await queue.lease() == job)
    }

    @Test func `failures put a mail off from five seconds to five minutes`() async throws {
        #expect(
            (1...9).map { RetryTimes.backOff(failures: $0).components.seconds }
                == [5, 10, 20, 40, 80, 160, 300, 300, 300])
        let fixture = try await IdentityFixture()
        let queue = fixture.services.mailQueue
        let job = try await fixture.ask()
        for seconds in [5, 10, 20] {
            await queue.report(job.id, .deferred(.serverBusy, detail: "451"))
            fixture.time.advance(by: .seconds(seconds) - .milliseconds(1))
            #expect(await queue.lease() == nil)
            fixture.time.advance(by: .milliseconds(1))
            #expect(await queue.lease()?.id == job.id)
        }
    }

    @Test func `a mail is tried until its link expires, and then told of`() async throws {
        let fixture = try await IdentityFixture()
        let queue = fixture.services.mailQueue
        let job = try await fixture.ask()
        await queue.report(job.id, .deferred(.unreachable, detail: "no route"))
        fixture.time.advance(by: .seconds(900))
        #expect(await queue.lease() == nil)
        await fixture.services.save()
        #expect(try await fixture.services.store.auditRecords(limit: 1).first?.entry.event == .mailDropped)
    }

    @Test func `an interrupted try is no failure and comes again soon`() async throws {
        let fixture = try await IdentityFixture()
        let job = try await fixture.ask()
        await fixture.services.mailQueue.report(job.id, .deferred(.interrupted, detail: "stopped"))
        fixture.time.advance(by: .seconds(1))
        #expect(await fixture.services.mailQueue.lease() == job)
    }

    @Test(arguments: [
        (MailOutcome.sent(reply: "250 ok"), AuditEntry.Event.mailSent),
        (.refused(.recipient, detail: "550"), .mailRefused),
    ])
    func `an outcome ends a mail and is kept`(outcome: MailOutcome, event: AuditEntry.Event) async throws {
        let fixture = try await IdentityFixture()
        let job = try await fixture.ask()
        await fixture.services.mailQueue.report(job.id, outcome)
        fixture.time.advance(by: .seconds(700))
        #expect(await fixture.services.mailQueue.lease() == nil)
        let entry = try #require(try await fixture.services.store.auditRecords(limit: 1).first?.entry)
        #expect(entry.event == event)
        #expect(entry.account == "ann@example.com")
    }

    @Test func `a mail is late when its link is, whatever the wall clock of the worker says`() async throws {
        let fixture = try await IdentityFixture()
        let queue = fixture.services.mailQueue
        let job = try await fixture.ask()
        fixture.time.stepWallClock(by: 365 * 86_400)
        await queue.report(job.id, .refused(.expired, detail: "late"))
        fixture.time.advance(by: RetryTimes.interruption)
        let again = try #require(await queue.lease())
        #expect(again.id == job.id)
        #expect(again.expiresUnixSeconds > fixture.time.now().unixSeconds)
        fixture.time.advance(by: .seconds(900))
        await queue.report(job.id, .refused(.expired, detail: "late"))
        let entry = try #require(try await fixture.services.store.auditRecords(limit: 1).first?.entry)
        #expect(entry.event == .mailDropped)
    }

    @Test func `while the server is away one mail tries it, and all leave once it is back`() async throws {
        let fixture = try await IdentityFixture()
        let queue = fixture.services.mailQueue
        let first = try await fixture.ask()
        let second = try await fixture.ask("bob@example.com")
        for _ in 1...6 {
            for job in [first, second] {
                await queue.report(job.id, .deferred(.unreachable, detail: "no route"))
            }
        }
        fixture.time.advance(by: RetryTimes.probeInterval)
        #expect(await queue.lease()?.id == first.id)
        #expect(await queue.lease() == nil, "the others wait for what it hears")
        await queue.report(first.id, .sent(reply: "250 ok"))
        #expect(await queue.lease()?.id == second.id)
    }

    @Test func `a server that refuses the account is not asked every few seconds`() async throws {
        let fixture = try await IdentityFixture()
        let queue = fixture.services.mailQueue
        let job = try await fixture.ask()
        for _ in 1...6 { await queue.report(job.id, .deferred(.account, detail: "535")) }
        fixture.time.advance(by: RetryTimes.probeInterval)
        #expect(await queue.lease() == nil)
    }

    @Test func `the queue survives a restart, and a rotation of the secret`() async throws {
        let fixture = try await IdentityFixture()
        let job = try await fixture.ask()
        let rotated = try await fixture.restarted(
            keyring: Keyring(
                jwtSecret: Secret(text: "the next secret, of 32 bytes or so"),
                previousJWTSecrets: [IdentityFixture.jwtSecret], sessionKey: IdentityFixture.sessionKey))
        #expect(await rotated.services.mailQueue.lease() == job)
        let client = try IdentityFixture.client()
        let code = try #require(job.code)
        #expect(
            await rotated.signIn.spend(code: code, nonce: IdentityFixture.nonce, client: client).session
                != nil)
    }

    @Test func `a mail that no key opens any more is dropped`() async throws {
        let fixture = try await IdentityFixture()
        _ = try await fixture.request()
        let foreign = try await fixture.restarted(
            keyring: Keyring(jwtSecret: Secret(text: "quite another"), sessionKey: IdentityFixture.sessionKey)
        )
        #expect(await foreign.services.mailQueue.lease() == nil)
        #expect(try await foreign.services.store.auditRecords(limit: 1).first?.entry.event == .mailDropped)
    }

    @Test(.timeLimit(.minutes(1))) func `a waiting worker is woken by a request`() async throws {
        let fixture = try await IdentityFixture()
        let waiting = Task { await fixture.services.mailQueue.waitUntilDue() }
        _ = try await fixture.request()
        await waiting.value
    }

    @Test(.timeLimit(.minutes(1))) func `a waiting worker stops when it is cancelled`() async throws {
        let fixture = try await IdentityFixture()
        let waiting = Task { await fixture.services.mailQueue.waitUntilDue() }
        waiting.cancel()
        await waiting.value
    }
}
