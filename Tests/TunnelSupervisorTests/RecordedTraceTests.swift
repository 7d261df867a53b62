import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// Minutes of probes over lines that lose packets, run with a clock in hand.

/// Probes as the periods ask for them, over lines that a test cuts and lets lose packets.
struct SimulatedLines {
    var trace = Trace()
    /// What the WireGuard line does at this time since the start.
    let isCut: (Duration) -> Bool
    /// Of a hundred packets, each way.
    var lossPercent: UInt64 = 0
    let roundTrip: Duration = .milliseconds(40)
    private var random: UInt64
    private var pending: [(at: Duration, event: TunnelEvent)] = []

    init(seed: UInt64, isCut: @escaping (Duration) -> Bool = { _ in false }) {
        self.random = seed
        self.isCut = isCut
    }

    mutating func run(for duration: Duration) {
        let start = trace.now
        var lastLight = start - .seconds(1)
        var lastFull = [start - .seconds(1), start - .seconds(1)]
        while trace.now - start < duration {
            trace.time.advance(by: .milliseconds(10))
            let now = trace.now
            for (_, event) in pending.filter({ $0.at <= now }) { trace.take(event) }
            pending.removeAll { $0.at <= now }
            let health = trace.machine.paths[0]
            if now - lastLight >= ProbePeriods.light(of: health, isQuiet: false) {
                lastLight = now
                sendLight(since: start)
            }
            for index in 0...1 where now - lastFull[index] >= trace.machine.fullPeriod(of: index) {
                lastFull[index] = now
                sendFull(index, since: start)
            }
            if trace.now.wholeMilliseconds.isMultiple(of: 50) { trace.take(.tick) }
        }
    }

    private mutating func sendLight(since start: Duration) {
        let now = trace.now
        if isCut(now - start) || isLost() || isLost() {
            let timeout = ProbeThresholds.lightTimeout(
                smoothed: trace.machine.paths[0].roundTrips.smoothed)
            pending.append((now + timeout, .light(.wireGuard, .lost, sentAt: now)))
        } else {
            pending.append(
                (now + roundTrip, .light(.wireGuard, .answered(after: roundTrip), sentAt: now)))
        }
    }

    private mutating func sendFull(_ index: Int, since start: Duration) {
        let now = trace.now
        let isLosing = index == 0 && (isCut(now - start) || (0..<4).contains { _ in isLost() })
        let outcome: FullOutcome =
            isLosing ? .noConnection : .answered(status: 200, after: roundTrip * 2)
        pending.append(
            (
                now + (isLosing ? .milliseconds(700) : roundTrip * 2),
                .full(trace.machine.paths[index].path.name, outcome, sentAt: now)
            ))
    }

    /// A generator with a known sequence (xorshift64), so that a failure can be repeated.
    private mutating func isLost() -> Bool {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return random % 100 < lossPercent
    }
}

@Test(arguments: 1...50)
func `a cut at any moment is switched within a second`(run: Int) {
    let cut = Duration.milliseconds(3000 + run * 37)
    var lines = SimulatedLines(seed: UInt64(run)) { $0 >= cut }
    let start = lines.trace.now
    lines.run(for: .seconds(6))
    let switched = lines.trace.machine.switches.records.first.map { $0.at.sinceBoot - start }
    #expect(switched.map { $0 - cut < .milliseconds(900) } == true)
    #expect(lines.trace.switches == [.probesLost])
}

@Test(arguments: 1...3 as ClosedRange<UInt64>)
func `ten percent of loss each way for ten minutes switches at most once`(seed: UInt64) {
    var lines = SimulatedLines(seed: seed)
    lines.lossPercent = 10
    lines.run(for: .seconds(600))
    #expect(lines.trace.switches.count <= 1)
}

@Test func `a line that is cut every other three seconds is left once and stays left`() {
    var lines = SimulatedLines(seed: 7) { Int($0.components.seconds) % 6 >= 3 }
    lines.run(for: .seconds(300))
    #expect(lines.trace.switches == [.probesLost])
}
