import NIOCore
import Testing
import UpstreamSelection

@testable import Gateway

// How often requests may be sent once more, and how often observations are said.

private let begin = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

struct RetryBudgetTests {
    private func spend(_ budget: inout RetryBudget, at now: NIODeadline) -> Int {
        var count = 0
        while budget.takeReplay(at: now) { count += 1 }
        return count
    }

    @Test func `everything in flight at a path's death may be sent again`() {
        var budget = RetryBudget(at: begin)
        #expect(spend(&budget, at: begin) == RetryBudget.depth)
    }

    @Test func `afterwards one in five requests`() {
        var budget = RetryBudget(at: begin)
        _ = spend(&budget, at: begin)
        for _ in 0..<1000 { budget.requestBegan() }
        #expect(spend(&budget, at: begin) == 200)
        for _ in 0..<4 { budget.requestBegan() }
        #expect(spend(&budget, at: begin) == 0)
        budget.requestBegan()
        #expect(spend(&budget, at: begin) == 1)
    }

    @Test func `a few come with time, and never more than it holds`() {
        var budget = RetryBudget(at: begin)
        _ = spend(&budget, at: begin)
        #expect(spend(&budget, at: begin + .milliseconds(999)) == 0)
        #expect(spend(&budget, at: begin + .milliseconds(1999)) == 2)
        #expect(spend(&budget, at: begin + .milliseconds(2000)) == 2)
        #expect(spend(&budget, at: begin + .hours(1000)) == RetryBudget.depth)
    }
}

struct ObservationGateTests {
    @Test func `what was said a moment ago is not said again`() {
        var gate = ObservationGate()
        let passed = [0, 99, 100, 150, 200].filter {
            gate.passes(.requestBegan(.wireGuard), at: begin + .milliseconds($0))
        }
        #expect(passed == [0, 100, 200])
    }

    @Test func `each kind and path is news of its own`() {
        var gate = ObservationGate()
        for path in UpstreamPath.Name.allCases {
            for observation in [
                PassiveObservation.requestBegan(path), .connectFailed(path), .firstByteLate(path),
                .byteSeen(path),
            ] {
                let passed = (0..<2).map { _ in gate.passes(observation, at: begin) }
                #expect(passed == [true, false])
            }
        }
    }
}
