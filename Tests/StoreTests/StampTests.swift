import GateModel
import TestSupport
import Testing

@testable import Store

// Within a boot only the boot clock counts; across boots the wall clock, and no step signs anybody in.

@Suite struct StampTests {
    private let fixture = StoreFixture()

    @Test(arguments: [31_536_000, -31_536_000, 3_600, -3_600] as [Int64])
    func `within a boot a step of the wall clock changes nothing`(step: Int64) async throws {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        fixture.time.stepWallClock(by: step)
        #expect(link.remaining(at: fixture.now) == .seconds(900))
        #expect(try await fixture.spend(fixture.proof(link), in: store).isSpent)
        fixture.time.stepWallClock(by: -2 * step)
        #expect(try await fixture.sessions(in: store).count == 1)
    }

    @Test func `a link expires at its time whatever the wall clock says`() {
        let link = fixture.link("a")
        fixture.time.advance(by: .seconds(899))
        #expect(link.remaining(at: fixture.now) == .seconds(1))
        fixture.time.stepWallClock(by: -31_536_000)
        fixture.time.advance(by: .seconds(1))
        #expect(link.remaining(at: fixture.now) == .zero)
    }

    @Test func `across a boot the wall clock tells the age of a link`() {
        let link = fixture.link("a")
        fixture.time.reboot()
        fixture.time.stepWallClock(by: 600)
        #expect(link.remaining(at: fixture.now) == .seconds(300))
    }

    @Test func `a clock that was set back across a boot brings no link to life`() {
        let link = fixture.link("a")
        fixture.time.advance(by: .seconds(2000))
        fixture.time.reboot()
        fixture.time.stepWallClock(by: -86_400)
        #expect(link.remaining(at: fixture.now) <= .zero)
    }

    @Test
    func
        `a session lives through a boot, and through a clock that was set back, but not longer than configured`()
        async throws
    {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        _ = try await fixture.spend(fixture.proof(link), in: store)
        fixture.time.reboot()
        fixture.time.stepWallClock(by: -31_536_000)
        #expect(try await fixture.sessions(in: store).count == 1)
        fixture.time.advance(by: .seconds(86_400))
        #expect(try await fixture.sessions(in: store).isEmpty)
    }

    @Test func `after a boot ages go by the new boot's clock`() async throws {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        _ = try await fixture.spend(fixture.proof(link), in: store)
        fixture.time.reboot()
        fixture.time.stepWallClock(by: 3600)
        let carried = try #require(try await fixture.sessions(in: store).first)
        #expect(carried.issued.bootID == fixture.time.bootID)
        #expect(carried.issued.age(at: fixture.now) == .seconds(3600))
        // Written back too: a step in this boot does not count after a restart of the process.
        fixture.time.stepWallClock(by: 31_536_000)
        #expect(try await fixture.sessions(in: fixture.open()).count == 1)
    }

    @Test func `an expired session is deleted when it is read`() async throws {
        let store = fixture.open()
        let link = fixture.link("a")
        try await fixture.add(link, to: store)
        _ = try await fixture.spend(fixture.proof(link), in: store)
        fixture.time.advance(by: .seconds(86_400))
        #expect(try await fixture.sessions(in: store).isEmpty)
        fixture.time.reboot()
        fixture.time.stepWallClock(by: -86_400)
        #expect(try await fixture.sessions(in: store).isEmpty)
    }
}
