import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// An app that is busy, or is started anew, while traffic is on Rathole: from outside it looks like a dead tunnel.

extension Trace {
    /// Traffic is on Rathole by somebody's wish, and WireGuard works.
    fileprivate mutating func preferRathole() {
        settle()
        take(.prefer(.rathole))
    }

    /// A quarter of a second in which every full probe ends so, and echoes are answered.
    fileprivate mutating func pass(_ times: Int, rathole: FullOutcome, wireGuard: FullOutcome? = nil) {
        for _ in 0..<times {
            time.advance(by: .milliseconds(250))
            if let wireGuard {
                light(.answered(after: .milliseconds(20)))
                full(.wireGuard, wireGuard, sentAgo: .milliseconds(20))
            } else {
                light(.lost, sentAgo: .milliseconds(240))
            }
            full(.rathole, rathole, sentAgo: .milliseconds(10))
        }
    }
}

@Test func `an app that is busy on the only path that is left keeps what it works on`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.pass(80, rathole: .silent)
    #expect(trace.state(.rathole) == .down)
    #expect(trace.routing?.dead == [.wireGuard, .rathole])
    #expect(trace.routing?.lost == [.wireGuard])
    trace.full(.rathole, .ok)
    #expect(trace.state(.rathole) == .up)
    #expect(trace.switches == [.probesLost])
}

@Test func `an app that is busy on both paths loses nothing and moves nothing`() {
    var trace = Trace()
    trace.preferRathole()
    trace.pass(80, rathole: .silent, wireGuard: .silent)
    #expect(trace.routing?.lost == [])
    #expect(trace.switches == [.operatorCommand])
}

@Test(arguments: [true, false])
func `an app that is started anew moves nothing, whichever path notices first`(isRatholeFirst: Bool) {
    var trace = Trace()
    trace.preferRathole()
    trace.pass(20, rathole: .closed, wireGuard: .refused)
    #expect(trace.machine.verdict(at: trace.time.now()) == .appDown)
    if isRatholeFirst { trace.full(.rathole, .ok) }
    trace.pass(20, rathole: .ok, wireGuard: .ok)
    #expect(trace.switches == [.operatorCommand])
    #expect(trace.current == .rathole)
    #expect(trace.state(.rathole) == .up)
}

@Test(arguments: [FullOutcome.silent, .closed])
func `an answer over WireGuard tells that it is Rathole that is silent`(outcome: FullOutcome) {
    var trace = Trace()
    trace.preferRathole()
    trace.full(.rathole, outcome)
    #expect(trace.machine.fullPeriod(of: 0) == .milliseconds(100), "the question is asked at once")
    trace.pass(2, rathole: outcome, wireGuard: .ok)
    #expect(trace.current == .wireGuard)
    #expect(trace.routing?.lost == [.rathole])
}

@Test func `a refusing Rathole port needs no comparison`() {
    var trace = Trace()
    trace.preferRathole()
    trace.full(.rathole, .refused)
    trace.full(.rathole, .refused)
    #expect(trace.current == .wireGuard)
    #expect(trace.routing?.lost == [.rathole])
}

@Test func `a preferred path in its probation is up once somebody sends traffic there`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    for _ in 0..<3 { trace.full(.wireGuard, .ok) }
    #expect(trace.state(.wireGuard) == .probation)
    trace.take(.prefer(.wireGuard))
    #expect(trace.current == .wireGuard)
    #expect(trace.state(.wireGuard) == .up)
}
