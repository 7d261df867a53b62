import GateModel
import TestSupport
import Testing

@testable import Identity

@Suite struct OwnVisitTests {
    @Test func `a visit of the program counts, and is nobody's session`() async throws {
        let fixture = try await IdentityFixture()
        let visit = try fixture.sessions.beginOwnVisit(life: .seconds(60))
        #expect(fixture.sessions.authenticate(visit.cookie.text)?.session.user == "drill@runegate.invalid")
        #expect(fixture.sessions.list().isEmpty)
        // A policy that does not know it, a sweep and a save leave it alone, and write nothing.
        await fixture.services.apply(fixture.settings)
        await fixture.services.sweep()
        await fixture.services.save()
        #expect(fixture.sessions.authenticate(visit.cookie.text) != nil)
        #expect(fixture.sessions.authenticate(visit.cookie.text, at: .owner) == nil)
        fixture.sessions.end(visit)
        #expect(fixture.sessions.authenticate(visit.cookie.text) == nil)
        let restarted = try await fixture.restarted()
        #expect(restarted.sessions.list().isEmpty)
    }

    @Test func `a visit ends by itself`() async throws {
        let fixture = try await IdentityFixture()
        let visit = try fixture.sessions.beginOwnVisit(life: .seconds(60))
        fixture.time.advance(by: .seconds(61))
        #expect(fixture.sessions.authenticate(visit.cookie.text) == nil)
    }
}
