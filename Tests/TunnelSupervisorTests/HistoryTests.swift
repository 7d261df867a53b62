import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// What history is written of, with a clock in hand.

@Test func `a span adds up probes, round trips and the time in use`() throws {
    let time = ManualTime()
    var recorder = HistoryRecorder(
        paths: [Trace.wireGuard, Trace.rathole], active: .wireGuard, at: time.now())
    for index in 0..<100 {
        let sentAt = time.now().sinceBoot
        let outcome: LightOutcome = index < 3 ? .lost : .answered(after: .milliseconds(index < 90 ? 20 : 60))
        recorder.take(.light(.wireGuard, outcome, sentAt: sentAt), at: time.now())
        time.advance(by: .seconds(1))
    }
    recorder.take(.full(.rathole, .silent, sentAt: .zero), at: time.now())
    recorder.take(.full(.rathole, .ok, sentAt: .zero), at: time.now())
    recorder.switched(to: .rathole, at: time.now())
    recorder.take(.handshake(.age(.seconds(41))), at: time.now())
    time.advance(by: .seconds(2))
    let samples = recorder.endSpan(at: time.now())
    let first = try #require(samples.first)
    #expect(samples.map(\.path) == [.wireGuard, .rathole])
    #expect((first.probes, first.lost, first.seconds, first.activeSeconds) == (100, 3, 102, 100))
    #expect(first.beganUnixSeconds == 1_790_000_000)
    #expect(first.handshakeAge == .seconds(43))
    // A bucket is a quarter of an octave wide: at most a tenth off.
    #expect(try isNear(try #require(first.roundTripP50), .milliseconds(20)))
    #expect(try isNear(try #require(first.roundTripP95), .milliseconds(60)))
    #expect((samples[1].probes, samples[1].lost, samples[1].activeSeconds) == (2, 1, 2))
    time.advance(by: .seconds(300))
    let next = recorder.endSpan(at: time.now())
    #expect(next.map(\.probes) == [0, 0] && next.map(\.activeSeconds) == [0, 300])
    #expect(next[0].roundTripP50 == nil)
    #expect(recorder.counts(of: .wireGuard) == (100, 3))
}

private func isNear(_ time: Duration, _ expected: Duration) throws -> Bool {
    abs(time / expected - 1) < 0.1
}

@Test func `an answer that comes late is no second probe`() {
    var tally = ProbeTally(Trace.wireGuard)
    tally.take(.lost, sentAt: .seconds(1))
    tally.take(.answered(after: .milliseconds(900)), sentAt: .seconds(1))
    #expect((tally.sent, tally.lost) == (1, 1))
    // The app's fault is not the line's.
    tally.take(.refused)
    #expect((tally.sent, tally.lost) == (2, 1))
    tally.take(.noConnection)
    #expect((tally.sent, tally.lost) == (3, 2))
}

@Test func `a clock that is set in a span moves its beginning, not its length`() {
    let time = ManualTime()
    var recorder = HistoryRecorder(paths: [Trace.wireGuard], active: .wireGuard, at: time.now())
    time.advance(by: .seconds(300))
    time.stepWallClock(by: 3600)
    let samples = recorder.endSpan(at: time.now())
    #expect(samples.map(\.seconds) == [300] && samples.map(\.activeSeconds) == [300])
    #expect(samples.map(\.beganUnixSeconds) == [1_790_000_000 + 3600])
    #expect(recorder.endSpan(at: time.now()).isEmpty)
}

@Test(arguments: [1, 50, 95, 100])
func `percentiles of a histogram are those of its values`(percent: Int) throws {
    var histogram = RoundTripHistogram()
    #expect(histogram.percentile(percent) == nil)
    for milliseconds in 1...200 { histogram.add(.milliseconds(milliseconds)) }
    let found = try #require(histogram.percentile(percent))
    #expect(abs(found / .milliseconds(2 * percent) - 1) < 0.2)
    histogram.add(.seconds(3600))
    #expect(try #require(histogram.percentile(100)) > .seconds(10))
}
