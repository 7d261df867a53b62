import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// What the users of paths are told.

extension Trace {
    var routing: Routing? {
        actions.compactMap { action -> Routing? in
            if case .publish(let routing) = action { routing } else { nil }
        }.last
    }
}

@Test func `Rathole is raced only within two periods of its last answer`() {
    var trace = Trace()
    trace.light(.answered(after: .milliseconds(20)))
    #expect(trace.routing?.alternative == nil)
    trace.full(.rathole, .ok)
    #expect(trace.routing?.alternative?.name == .rathole)
    trace.time.advance(by: .seconds(4))
    trace.take(.tick)
    #expect(trace.routing?.alternative?.name == .rathole)
    trace.time.advance(by: .seconds(1))
    trace.take(.tick)
    #expect(trace.routing?.alternative == nil)
}

@Test func `an answer in quiet is proof for the first visitor`() {
    var trace = Trace()
    trace.take(.activity(isQuiet: true))
    trace.full(.rathole, .ok)
    trace.time.advance(by: .seconds(29))
    trace.take(.activity(isQuiet: false))
    #expect(trace.routing?.alternative?.name == .rathole)
    trace.full(.rathole, .silent)
    trace.time.advance(by: .seconds(2))
    trace.take(.tick)
    #expect(trace.routing?.alternative == nil)
}

@Test func `a dead path is named, and WireGuard is still worth a race`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    #expect(trace.routing?.dead == [.wireGuard])
    #expect(trace.routing?.current.name == .rathole)
    #expect(trace.routing?.alternative?.name == .wireGuard)
    trace.take(.handshake(.interfaceGone))
    #expect(trace.routing?.alternative == nil)
}

@Test(arguments: [(20, 250), (125, 250), (140, 300), (300, 600), (900, 700)])
func `a race starts after two round trips, within limits`(roundTrip: Int, wait: Int) {
    #expect(ProbeThresholds.raceAfter(smoothed: .milliseconds(roundTrip)) == .milliseconds(wait))
}

@Test func `nothing is published twice`() {
    var trace = Trace()
    trace.settle()
    let count = trace.actions.count
    for _ in 0..<10 {
        trace.light(.answered(after: .milliseconds(21)))
        trace.full(.rathole, .ok)
        trace.take(.tick)
    }
    #expect(trace.actions.count == count)
}

@Test func `streams stay on a path that lives and only misses the app`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<3 {
        trace.time.advance(by: .seconds(1))
        trace.full(.rathole, .ok)
        trace.light(.answered(after: .milliseconds(20)))
        trace.full(.wireGuard, .refused)
    }
    #expect(trace.routing?.current.name == .rathole)
    #expect(trace.routing?.dead == [])
}

@Test func `a proof lasts until the next probe when probes become rare`() {
    var quiet = Trace()
    quiet.settle()
    quiet.take(.activity(isQuiet: true))
    quiet.time.advance(by: .seconds(30))
    quiet.take(.tick)
    #expect(quiet.routing?.alternative?.name == .rathole)
    quiet.time.advance(by: .seconds(31))
    quiet.take(.tick)
    #expect(quiet.routing?.alternative == nil)

    // In use it is asked every half second, standing by every two.
    var back = Trace()
    back.settle()
    back.take(.prefer(.rathole))
    back.full(.rathole, .ok)
    back.take(.prefer(.wireGuard))
    back.time.advance(by: .seconds(2))
    back.take(.tick)
    #expect(back.current == .wireGuard)
    #expect(back.routing?.alternative?.name == .rathole)
}
