import GateModel
import Logging
import NIOCore
import NIOPosix
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// The supervisor with real sockets on 127.0.0.1.

/// A supervisor over two played apps, and the actions that it took.
private struct Stage {
    let wireGuard: PlayedApp
    let rathole: PlayedApp
    let board: SelectionBoard
    let service: TunnelService
    let actions: AsyncStream<TunnelAction>

    /// With an interface light probes are sent, as over WireGuard.
    init(_ rathole: PlayedApp.Behaviour = Stage.works, interface: String? = nil) async throws {
        let first = try await PlayedApp.start(Stage.works)
        let second = try await PlayedApp.start(rathole)
        let paths = [first.path(.wireGuard, interface: interface), second.path(.rathole)]
        let (actions, sink) = AsyncStream.makeStream(of: TunnelAction.self)
        self.wireGuard = first
        self.rathole = second
        self.board = SelectionBoard(Selection(current: paths[0]))
        self.actions = actions
        self.service = TunnelService(
            TunnelSettings(
                paths: paths, probePath: "/", host: "app.example.com",
                failback: Failback(base: .milliseconds(300), longest: .seconds(1))),
            board: board, loop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: Logger(label: "tunnels", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { sink.yield($0) }
    }

    static let works = PlayedApp.Behaviour.answers("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    /// Runs the supervisor while `body` does.
    func run(_ body: @Sendable @escaping (Stage) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await service.run() }
            try await body(self)
            group.cancelAll()
        }
        // A test may have stopped them itself.
        try? await wireGuard.stop()
        try? await rathole.stop()
    }

    /// The first switch from now on.
    func nextSwitch() async -> SwitchRecord? {
        for await case .switched(let record) in actions { return record }
        return nil
    }

    /// Waits until a path is in a state.
    func wait(for name: UpstreamPath.Name, _ state: PathState) async {
        for await case .changed(let change) in actions where change.path == name && change.to == state {
            return
        }
    }

    /// Waits until the fallback may be raced.
    func waitForAlternative() async {
        for await case .publish(let routing) in actions where routing.alternative != nil { return }
    }
}

@Suite(.timeLimit(.minutes(2)))
struct SupervisionOverSockets {
    @Test func `a silent primary loses its traffic, and gets it back`() async throws {
        try await Stage().run { stage in
            await stage.waitForAlternative()
            stage.wireGuard.behaviour.value = .isSilent
            let away = await stage.nextSwitch()
            #expect(away?.cause == .probesLost)
            #expect(stage.board.reader.current.current.name == .rathole)
            #expect(stage.board.reader.current.dead == [.wireGuard])
            stage.wireGuard.behaviour.value = Stage.works
            let back = await stage.nextSwitch()
            #expect(back?.cause == .recovered)
            #expect(stage.board.reader.current.current.name == .wireGuard)
            #expect(stage.service.switches.count == 2)
        }
    }

    @Test func `a drill moves traffic there and back`() async throws {
        try await Stage().run { stage in
            await stage.waitForAlternative()
            // Both are up by then, or will be: a drill is refused before that.
            while stage.service.report.verdict != .ok { try await Task.sleep(for: .milliseconds(20)) }
            _ = try stage.service.beginDrill(atMost: .seconds(60))
            #expect(stage.service.activePath == .rathole)
            #expect(stage.service.switches.last?.cause == .drill)
            stage.service.endDrill()
            #expect(stage.service.activePath == .wireGuard)
        }
    }

    @Test(arguments: [
        (PlayedApp.Behaviour.closes, SwitchCause.closedUnanswered), (.isSilent, .silent),
    ])
    func `an accepted connection is no proof of Rathole`(
        behaviour: PlayedApp.Behaviour, cause: SwitchCause
    ) async throws {
        try await Stage(behaviour).run { stage in
            await stage.wait(for: .rathole, .down)
            #expect(stage.service.report.paths[1].cause == cause)
            #expect(stage.board.reader.current.alternative == nil)
            // On a busy machine the first path may have missed a probe meanwhile.
            while stage.service.report.verdict != .degraded { try await Task.sleep(for: .milliseconds(20)) }
        }
    }

    @Test func `an app that stops on both paths switches nothing`() async throws {
        try await Stage(interface: "lo").run { stage in
            await stage.waitForAlternative()
            try await stage.wireGuard.stop()
            try await stage.rathole.stop()
            await stage.wait(for: .rathole, .down)
            while stage.service.report.verdict != .appDown { try await Task.sleep(for: .milliseconds(20)) }
            #expect(stage.service.report.paths[0].state == .up)
            #expect(stage.service.switches.isEmpty)
            #expect(stage.service.report.problems.contains { $0.code == "app-down" })
        }
    }

    @Test func `an app that ignores HEAD is found alive by GET`() async throws {
        try await Stage(.ignoresHead).run { stage in
            await stage.wait(for: .rathole, .up)
        }
    }

    @Test func `a failed connect of live traffic is looked into`() async throws {
        try await Stage().run { stage in
            await stage.wait(for: .wireGuard, .up)
            stage.board.reader.report(.connectFailed(.wireGuard))
            await stage.wait(for: .wireGuard, .suspect)
            await stage.wait(for: .wireGuard, .up)
            #expect(stage.service.switches.isEmpty)
        }
    }
}
