import GateModel
import Mail
import Store
import TestSupport
import Testing

@testable import Identity

// The use cases, whole: ask, look, spend.

@Suite struct SignInTests {
    @Test func `a link signs in once, in the asking browser with the page first asked for`() async throws {
        let fixture = try await IdentityFixture()
        let job = try await fixture.ask(next: "/work?x=1")
        #expect(job.recipient.description == "ann@example.com")
        #expect(job.loginURL.hasPrefix("http://localhost:7870/.runegate/auth?token="))
        #expect(job.expiryMinutes == 15)
        let token = try fixture.token(of: job)
        let client = try IdentityFixture.client()
        let session = try #require(
            await fixture.signIn.spend(token: token, nonce: IdentityFixture.nonce, client: client).session)
        #expect(session.next == "/work?x=1")
        #expect(session.email.description == "ann@example.com")
        #expect(session.expiresIn == .seconds(7 * 86_400))
        #expect(fixture.sessions.authenticate(session.cookieValue)?.session === session.session)
        #expect(
            await fixture.signIn.spend(token: token, nonce: IdentityFixture.nonce, client: client).isInvalid)
    }

    @Test func `elsewhere a link signs in without the page first asked for`() async throws {
        let fixture = try await IdentityFixture()
        let token = try fixture.token(of: try await fixture.ask(next: "/work"))
        let answer = await fixture.signIn.spend(
            token: token, nonce: nil, client: try IdentityFixture.client())
        #expect(try #require(answer.session).next == nil)
    }

    @Test func `looking changes nothing, however often`() async throws {
        let fixture = try await IdentityFixture()
        let token = try fixture.token(of: try await fixture.ask(from: "203.0.113.9"))
        let client = try IdentityFixture.client()
        for _ in 0..<30 {
            guard
                case .valid(let view) = await fixture.signIn.viewLink(
                    token: token, nonce: nil, client: client)
            else {
                Issue.record("not valid")
                return
            }
            #expect(view.account.description == "ann@example.com")
            #expect(!view.isSameBrowser)
            #expect(view.requestedBy == (try IdentityFixture.client("203.0.113.9")))
            #expect(view.requestedAt == fixture.time.now().unixSeconds)
        }
        guard
            case .valid(let view) = await fixture.signIn.viewLink(
                token: token, nonce: IdentityFixture.nonce, client: client)
        else {
            Issue.record("not valid")
            return
        }
        #expect(view.isSameBrowser)
        #expect(await fixture.signIn.spend(token: token, nonce: nil, client: client).session != nil)
    }

    @Test func `two hundred parallel tries of one link make one session`() async throws {
        let fixture = try await IdentityFixture { $0.rates.isEnabled = false }
        let token = try fixture.token(of: try await fixture.ask())
        let client = try IdentityFixture.client()
        let count = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    await fixture.signIn.spend(token: token, nonce: nil, client: client).session != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 1)
        #expect(fixture.sessions.list().count == 1)
    }

    @Test func `a short code signs in, in any spelling, in the asking browser only`() async throws {
        let fixture = try await IdentityFixture()
        let code = try #require(try await fixture.ask(next: "/x").code)
        #expect(code.utf8.count == 8)
        let client = try IdentityFixture.client()
        let typed = " \(code.prefix(4).lowercased())-\(code.suffix(4)) "
        let elsewhere = [UInt8](repeating: 1, count: 16)
        #expect(await fixture.signIn.spend(code: code, nonce: elsewhere, client: client).isInvalid)
        #expect(await fixture.signIn.spend(code: code, nonce: [], client: client).isInvalid)
        let session = await fixture.signIn.spend(code: typed, nonce: IdentityFixture.nonce, client: client)
            .session
        #expect(try #require(session).next == "/x")
        #expect(
            await fixture.signIn.spend(code: code, nonce: IdentityFixture.nonce, client: client).isInvalid)
    }

    @Test func `wrong codes count with the limits off too, for listed and unlisted alike`() async throws {
        for email in ["ann@example.com", "stranger@elsewhere.org"] {
            let fixture = try await IdentityFixture { $0.rates.isEnabled = false }
            #expect(try await fixture.request(email) == .accepted)
            let code = await fixture.services.mailQueue.lease()?.code ?? "00000000"
            let client = try IdentityFixture.client()
            let wrong = code == "ZZZZZZZZ" ? "YYYYYYYY" : "ZZZZZZZZ"
            for _ in 0..<5 {
                #expect(
                    await fixture.signIn.spend(code: wrong, nonce: IdentityFixture.nonce, client: client)
                        .isInvalid)
            }
            #expect(
                await fixture.signIn.spend(code: code, nonce: IdentityFixture.nonce, client: client).isInvalid
            )
        }
    }

    @Test func `a link bound to no browser has no code`() async throws {
        let fixture = try await IdentityFixture()
        #expect(try await fixture.ask(nonce: nil).code == nil)
        #expect(try await fixture.ask("bob@example.com", nonce: [1, 2, 3]).code == nil)
    }

    @Test func `an unlisted address is answered the same, gets the same rows, and no mail`() async throws {
        let fixture = try await IdentityFixture()
        #expect(try await fixture.request("stranger@elsewhere.org") == .accepted)
        #expect(await fixture.services.mailQueue.lease() == nil)
        guard case .limited(let limit) = try await fixture.request("Stranger@Elsewhere.org") else {
            Issue.record("no cooldown")
            return
        }
        #expect(limit == Limit(kind: .email, resetSeconds: 300))
    }

    @Test(arguments: [
        "", "ann", "ann@", "@example.com", "ann@evil.com@example.com", "ann@example.com.", "ann@ex ample.com",
        "ann@example.com\r\nBcc: x@y.z", "ann%40example.com", "ann＠example.com", "\u{212a}@example.com",
        "ann@сorp.example,",
    ])
    func `what is no address is malformed and costs no try`(email: String) async throws {
        let fixture = try await IdentityFixture()
        for _ in 0..<7 { #expect(try await fixture.request(email) == .malformed) }
    }

    @Test(arguments: [
        "ann@example.com.evil.test", "ann@sub.corp.example", "ann@notcorp.example", "x@сorp.example",
    ])
    func `only the listed addresses and equal domains get mail`(email: String) async throws {
        let fixture = try await IdentityFixture()
        _ = try await fixture.request(email)
        #expect(await fixture.services.mailQueue.lease() == nil)
        #expect(try await fixture.ask("ANN@CORP.EXAMPLE").recipient.description == "ann@corp.example")
    }

    @Test func `refused requests count for the address block: first the IP, then the address`() async throws {
        let fixture = try await IdentityFixture()
        var kinds: [Limit.Kind?] = []
        for _ in 0..<6 {
            guard case .limited(let limit) = try await fixture.request() else {
                kinds.append(nil)
                continue
            }
            kinds.append(limit.kind)
        }
        #expect(kinds == [nil, .email, .email, .email, .email, .ip])
    }

    @Test func `the eleventh bad token is limited`() async throws {
        let fixture = try await IdentityFixture()
        let client = try IdentityFixture.client()
        for _ in 0..<10 {
            #expect(
                await fixture.signIn.viewLink(token: "invalid_token", nonce: nil, client: client) == .invalid)
        }
        let limit = Limit(kind: .ip, resetSeconds: 60)
        #expect(
            await fixture.signIn.viewLink(token: "invalid_token", nonce: nil, client: client)
                == .limited(limit))
        #expect(await fixture.signIn.spend(token: "x", nonce: nil, client: client).limit == limit)
        #expect(
            await fixture.signIn.spend(code: "x", nonce: IdentityFixture.nonce, client: client).limit == limit
        )
    }

    @Test func `signing in ends the address's wait and voids its other links`() async throws {
        let fixture = try await IdentityFixture()
        let first = try fixture.token(of: try await fixture.ask())
        fixture.time.advance(by: .seconds(300))
        let second = try fixture.token(of: try await fixture.ask())
        let client = try IdentityFixture.client()
        guard case .valid = await fixture.signIn.viewLink(token: first, nonce: nil, client: client) else {
            Issue.record("asking again voided the first link")
            return
        }
        #expect(await fixture.signIn.spend(token: second, nonce: nil, client: client).session != nil)
        #expect(await fixture.signIn.spend(token: first, nonce: nil, client: client).isInvalid)
        #expect(try await fixture.request() == .accepted)
    }

    @Test func `a link expires`() async throws {
        let fixture = try await IdentityFixture()
        let token = try fixture.token(of: try await fixture.ask())
        fixture.time.advance(by: .seconds(900))
        #expect(
            await fixture.signIn.spend(token: token, nonce: nil, client: try IdentityFixture.client())
                .isInvalid)
    }

    @Test(arguments: [31_536_000, -31_536_000] as [Int64])
    func `a step of the wall clock voids no link and revives none`(step: Int64) async throws {
        let fixture = try await IdentityFixture()
        let token = try fixture.token(of: try await fixture.ask())
        fixture.time.stepWallClock(by: step)
        fixture.time.advance(by: .seconds(899))
        let client = try IdentityFixture.client()
        let session = try #require(
            await fixture.signIn.spend(token: token, nonce: nil, client: client).session)
        fixture.time.stepWallClock(by: -step)
        #expect(fixture.sessions.authenticate(session.cookieValue) != nil)
    }

    @Test func `the operator's link is not limited, and only for allowed addresses`() async throws {
        let fixture = try await IdentityFixture()
        for _ in 0..<20 { _ = try await fixture.signIn.issueLink(for: try EmailAddress("ann@example.com")) }
        let url = try await fixture.signIn.issueLink(for: try EmailAddress("ann@example.com"))
        let token = String(try #require(url.split(separator: "=", maxSplits: 1).last))
        let client = try IdentityFixture.client()
        guard
            case .valid(let view) = await fixture.signIn.viewLink(
                token: token, nonce: IdentityFixture.nonce, client: client)
        else {
            Issue.record("not valid")
            return
        }
        #expect(!view.isSameBrowser)
        #expect(view.requestedBy == nil)
        #expect(await fixture.services.mailQueue.lease() == nil)
        #expect(await fixture.signIn.spend(token: token, nonce: nil, client: client).session != nil)

        let fault = await #expect(throws: Fault.self) {
            try await fixture.signIn.issueLink(for: try EmailAddress("eve@example.com"))
        }
        #expect(fault?.remedy.contains("RUNEGATE_ALLOWED_EMAILS") == true)
    }

    @Test func `without a database new sign-ins are unavailable, and cost no wait`() async throws {
        let directory = TemporaryDirectory()
        let fixture = try await IdentityFixture(statePath: "/dev/null/state")
        _ = directory
        #expect(try await fixture.request() == .unavailable)
        #expect(try await fixture.request() == .unavailable)
        let token = LinkToken(
            identifier: "x", subject: "ann@example.com", issuedAt: 1, expiresAt: 2,
            origin: IdentityFixture.origin
        ).signed(with: fixture.keyring.links)
        let client = try IdentityFixture.client()
        guard case .unavailable = await fixture.signIn.spend(token: token, nonce: nil, client: client) else {
            Issue.record("available")
            return
        }
        #expect(await fixture.signIn.viewLink(token: token, nonce: nil, client: client) == .unavailable)
    }
}
