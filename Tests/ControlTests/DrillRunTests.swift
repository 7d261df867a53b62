import GateModel
import Synchronization
import TestSupport
import Testing

@testable import Control

// A drill over played traffic.

/// Traffic that a drill moves, and an app that answers as a test says.
private final class PlayedTraffic: Sendable {
    private let path = Mutex("wireguard")
    let answer: @Sendable (_ path: String) -> DrillAnswer
    let refusal: Fault?
    let moves = Box<[String]>([])
    /// Called when traffic has moved there.
    private let moved: @Sendable (PlayedTraffic) -> Void

    init(
        refusal: Fault? = nil,
        answer: @escaping @Sendable (_ path: String) -> DrillAnswer = { _ in .answered(status: 200) },
        moved: @escaping @Sendable (PlayedTraffic) -> Void = { _ in }
    ) {
        self.answer = answer
        self.refusal = refusal
        self.moved = moved
    }

    /// Where traffic is; a test may move it behind the drill's back.
    var current: String {
        get { path.withLock { $0 } }
        set { path.withLock { $0 = newValue } }
    }

    func drill() async throws(Fault) -> DrillResult {
        var schedule = DrillRun.Schedule()
        (schedule.before, schedule.there, schedule.back) = (
            .milliseconds(20), .milliseconds(200), .milliseconds(200)
        )
        schedule.pause = .milliseconds(1)
        let traffic = DrillRun.Traffic(
            moveThere: { () throws(Fault) in
                if let refusal = self.refusal { throw refusal }
                self.current = "rathole"
                self.moves.value.append("there")
                self.moved(self)
                return ("wireguard", "rathole")
            },
            moveBack: {
                self.current = "wireguard"
                self.moves.value.append("back")
            }, current: { self.current })
        return try await DrillRun(traffic, schedule: schedule) { self.answer(self.current) }.run()
    }
}

@Suite(.timeLimit(.minutes(1)))
struct DrillRunTests {
    @Test func `a drill passes when every request is answered`() async throws {
        let traffic = PlayedTraffic()
        let result = try await traffic.drill()
        #expect(result.isPassed && result.problems.isEmpty)
        #expect(result.from == "wireguard" && result.to == "rathole")
        #expect(result.requestsSent > 8 && result.requestsFailed == 0)
        #expect(traffic.moves.value == ["there", "back"])
    }

    @Test func `a request that fails on the fallback fails the drill`() async throws {
        let traffic = PlayedTraffic { $0 == "rathole" ? .answered(status: 502) : .answered(status: 200) }
        let result = try await traffic.drill()
        #expect(!result.isPassed && result.requestsFailed > 0)
        #expect(result.problems.count == 1 && result.problems[0].hasSuffix("the first: status 502"))
        #expect(traffic.current == "wireguard")
    }

    @Test func `an unproven fallback is not tried`() async throws {
        let refusal = Fault(code: "drill-refused", problem: "rathole is down", remedy: "Wait.")
        let traffic = PlayedTraffic(refusal: refusal)
        await #expect(throws: refusal) { try await traffic.drill() }
        #expect(traffic.moves.value.isEmpty)
    }

    @Test(arguments: [
        DrillAnswer.answered(status: 401), .answered(status: 421), .answered(status: 503), .failed("no way"),
    ])
    func `an app that does not answer a visitor proves nothing`(answer: DrillAnswer) async throws {
        let traffic = PlayedTraffic { _ in answer }
        let fault = await #expect(throws: Fault.self) { try await traffic.drill() }
        #expect(fault?.code == "drill-refused")
        #expect(traffic.moves.value.isEmpty)
    }

    @Test func `traffic that did not stay there fails the drill`() async throws {
        let traffic = PlayedTraffic(moved: { $0.current = "wireguard" })
        let result = try await traffic.drill()
        #expect(result.problems == ["Traffic did not stay on rathole"])
    }

    @Test func `an end of the program ends the drill, with traffic where it was`() async throws {
        let (moves, sink) = AsyncStream.makeStream(of: Void.self)
        let traffic = PlayedTraffic(moved: { _ in sink.yield() })
        let drill = Task { try await traffic.drill() }
        for await _ in moves { break }
        drill.cancel()
        _ = try? await drill.value
        #expect(traffic.current == "wireguard")
    }

    @Test func `a second is too long`() {
        let slow = DrillRecord(began: .zero, ended: .milliseconds(1000), failure: nil)
        let quick = DrillRecord(began: .zero, ended: .microseconds(12_100), failure: nil)
        let result = DrillResult(
            from: "wireguard", to: "rathole", there: [quick, slow], back: [quick], all: [quick, slow, quick],
            problems: [])
        #expect(result.gapThereMilliseconds == 1000 && result.gapBackMilliseconds == 13)
        #expect(!result.isPassed)
        var simulated = result
        simulated.isSimulated = true
        #expect(
            DrillNotice.lines(simulated, hasColor: false)[1...2].allSatisfy { $0.contains(" (simulated)  ") })
        #expect(DrillNotice.lines(result, hasColor: false).last == "FAIL - visitors would have noticed")
    }
}
