import GateModel
import Glibc
import Logging
import NIOPosix
import Store
import TestSupport
import Testing
import UpstreamSelection

@testable import TunnelSupervisor

/// History between the supervisor and the database, with a clock in hand.
@Suite(.timeLimit(.minutes(1)))
struct HistoryKeeperTests {
    private let time = ManualTime()
    private let directory = TemporaryDirectory()

    private func store(at path: String? = nil) -> StateStore {
        StateStore(
            directory: path ?? directory.path,
            sealing: Sealing(current: Secret(bytes: Array(repeating: 7, count: 32))), time: time)
    }

    private func service(_ remembered: RememberedTunnels = RememberedTunnels()) -> TunnelService {
        TunnelService(
            TunnelSettings(
                paths: [Trace.wireGuard, Trace.rathole], probePath: "/", host: "localhost",
                failback: Failback(base: .seconds(30), longest: .seconds(600)), remembered: remembered),
            board: SelectionBoard(Selection(current: Trace.wireGuard)),
            loop: MultiThreadedEventLoopGroup.singleton.next(), time: time,
            logger: Logger(label: "tunnels", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    private func prove(_ service: TunnelService) {
        for name in [UpstreamPath.Name.wireGuard, .rathole] {
            service.take(.full(name, .ok, sentAt: time.now().sinceBoot))
        }
    }

    @Test func `a switch is written once, and read by the next run`() async throws {
        let store = store()
        let service = service()
        let keeper = HistoryKeeper(service: service, store: store, time: time)
        time.advance(by: .seconds(10))
        prove(service)
        try service.prefer(.rathole)
        let seen = try await keeper.history { _ in 0 }
        #expect(seen.switchCount == 1 && seen.switches.first?.cause == .operatorCommand)
        // Too fresh: what became of streams is not known yet.
        await keeper.write(isLast: false)
        #expect(try await store.tunnelHistory(sinceUnixSeconds: 0).switches.isEmpty)
        service.noteStreams(SwitchedStreams(kept: 2, ended: 0), of: try #require(service.switches.first))
        time.advance(by: .seconds(4))
        await keeper.write(isLast: false)
        await keeper.write(isLast: true)
        let written = try await store.tunnelHistory(sinceUnixSeconds: 0)
        #expect(written.switches.map(\.streamsKept) == [2])
        #expect(written.samples.map(\.path) == ["rathole", "wireguard"])
        #expect(try await keeper.history { _ in 0 }.switchCount == 1)

        try await store.saveTunnelPreference("rathole")
        let remembered = await RememberedTunnels(from: store, time: time)
        #expect(remembered.preference == .rathole && remembered.switches == service.switches)
        let next = self.service(remembered)
        #expect(next.activePath == .rathole)
        let nextKeeper = HistoryKeeper(service: next, store: store, time: time)
        await nextKeeper.write(isLast: true)
        #expect(try await nextKeeper.history { _ in 0 }.switchCount == 1)
    }

    @Test func `samples come every five minutes`() async throws {
        let store = store()
        let service = service()
        let keeper = HistoryKeeper(service: service, store: store, time: time)
        for _ in 0..<60 {
            prove(service)
            time.advance(by: .seconds(10))
            await keeper.write(isLast: false)
        }
        let samples = try await store.tunnelHistory(sinceUnixSeconds: 0).samples
        #expect(samples.count == 4)
        #expect(samples.allSatisfy { $0.seconds == 300 && $0.probes == 30 })
        #expect(samples.filter { $0.path == "wireguard" }.allSatisfy { $0.activeSeconds == 300 })
    }

    @Test func `without a database history waits for it`() async throws {
        // A file where the directory should be.
        let blocked = "\(directory.path)/blocked"
        let descriptor = creat(blocked, 0o600)
        try #require(descriptor >= 0)
        close(descriptor)
        let store = store(at: blocked)
        let service = service()
        let keeper = HistoryKeeper(service: service, store: store, time: time)
        time.advance(by: .seconds(300))
        await keeper.write(isLast: false)
        await #expect(throws: Fault.self) { try await keeper.history { _ in 0 } }
        try #require(unlink(blocked) == 0)
        time.advance(by: .seconds(10))
        await keeper.write(isLast: false)
        #expect(try await store.tunnelHistory(sinceUnixSeconds: 0).samples.map(\.seconds) == [300, 300])
    }

    @Test func `a preference for what is not configured is refused`() throws {
        let service = TunnelService(
            TunnelSettings(
                paths: [Trace.wireGuard], probePath: "/", host: "localhost",
                failback: Failback(base: .seconds(30), longest: .seconds(600))),
            board: SelectionBoard(Selection(current: Trace.wireGuard)),
            loop: MultiThreadedEventLoopGroup.singleton.next(), time: time)
        let fault = #expect(throws: Fault.self) { try service.prefer(.rathole) }
        #expect(fault?.remedy == "Set RUNEGATE_RATHOLE_TARGET and restart.")
    }
}
