import Dispatch
import GRDB
import GateModel
import TestSupport
import Testing

@testable import Store

// What the watchdog asks: does the database's work move? Failing is moving, hanging is not.

@Suite struct TurnTests {
    private let fixture = StoreFixture()

    @Test func `an idle store and one that cannot be opened both move`() async throws {
        let blocked = fixture.open(directory: "/proc/nowhere")
        await #expect(throws: Fault.self) { try await fixture.add(fixture.link("a"), to: blocked) }
        await blocked.turn()
        #expect(blocked.lastFault?.code == "database-unwritable")
        let store = fixture.open()
        await store.turn()
        #expect(store.lastFault == nil)
    }

    @Test func `a lock that another program holds makes calls fail; the store moves until they succeed`()
        async throws
    {
        let store = fixture.open()
        try await fixture.add(fixture.link("a"), to: store)
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let outside = try DatabaseQueue(
            path: fixture.directory.path + "/runegate.db", configuration: configuration)
        try await outside.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        async let turned: Void = store.turn()
        await #expect(throws: Fault.self) { try await fixture.add(fixture.link("b"), to: store) }
        await turned
        _ = try await store.waitingMailCount()
        #expect(store.lastFault?.code == "database-unavailable", "reading does not show that writing works")
        try await outside.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await fixture.add(fixture.link("c"), to: store)
        #expect(store.lastFault == nil)
    }

    @Test func `while a call hangs nothing moves`() async throws {
        let store = fixture.open()
        let hasTurned = DispatchSemaphore(value: 0)
        async let turned: Void = try store.write { _, _ in
            Task {
                await store.turn()
                hasTurned.signal()
            }
            #expect(hasTurned.wait(timeout: .now() + .milliseconds(200)) == .timedOut)
        }
        try await turned
        await store.turn()
    }
}
