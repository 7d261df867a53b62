import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// Which events move traffic, and which do not.

@Test func `a first answer is enough at the start`() {
    var trace = Trace()
    #expect(trace.state(.wireGuard) == .unknown)
    trace.light(.answered(after: .milliseconds(20)))
    #expect(trace.state(.wireGuard) == .up)
    trace.full(.rathole, .ok)
    #expect(trace.state(.rathole) == .up)
    #expect(trace.current == .wireGuard)
}

@Test func `a fallback that answers first does not take traffic`() {
    var trace = Trace()
    trace.full(.rathole, .ok)
    #expect(trace.current == .wireGuard)
}

@Test func `two losses make a path suspect and two answers clear it`() {
    var trace = Trace()
    trace.settle()
    trace.light(.lost, sentAgo: .milliseconds(50))
    #expect(trace.state(.wireGuard) == .up)
    trace.time.advance(by: .milliseconds(50))
    trace.light(.lost, sentAgo: .milliseconds(50))
    #expect(trace.state(.wireGuard) == .suspect)
    trace.time.advance(by: .milliseconds(50))
    trace.light(.answered(after: .milliseconds(20)))
    #expect(trace.state(.wireGuard) == .suspect)
    trace.time.advance(by: .milliseconds(50))
    trace.light(.answered(after: .milliseconds(20)))
    #expect(trace.state(.wireGuard) == .up)
}

@Test func `five losses within less than the time do not take a path down`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<6 {
        trace.time.advance(by: .milliseconds(80))
        trace.light(.lost, sentAgo: .milliseconds(70))
    }
    #expect(trace.state(.wireGuard) == .suspect)
    trace.time.advance(by: .milliseconds(120))
    trace.take(.tick)
    #expect(trace.state(.wireGuard) == .down)
    #expect(trace.current == .rathole)
    #expect(trace.switches == [.probesLost])
}

@Test func `the time alone without five losses does not take a path down`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<4 {
        trace.time.advance(by: .milliseconds(300))
        trace.light(.lost, sentAgo: .milliseconds(250))
    }
    trace.take(.tick)
    #expect(trace.state(.wireGuard) == .suspect)
    #expect(trace.current == .wireGuard)
}

@Test func `late answers keep a slow path up`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<50 {
        trace.time.advance(by: .milliseconds(100))
        trace.light(.lost, sentAgo: .milliseconds(300))
        trace.light(.answered(after: .milliseconds(800)), sentAgo: .milliseconds(800))
    }
    #expect(trace.state(.wireGuard) != .down)
    #expect(trace.switches.isEmpty)
}

@Test func `a lost packet whose successor was answered counts for nothing`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<20 {
        trace.time.advance(by: .milliseconds(100))
        trace.light(.answered(after: .milliseconds(20)))
        trace.light(.lost, sentAgo: .milliseconds(300))
    }
    #expect(trace.state(.wireGuard) == .up)
}

@Test func `a full probe that gets through holds a path whose echoes are dropped`() {
    var trace = Trace()
    trace.settle()
    for step in 0..<100 {
        trace.time.advance(by: .milliseconds(50))
        trace.light(.lost, sentAgo: .milliseconds(300))
        if step.isMultiple(of: 5) { trace.full(.wireGuard, .ok) }
    }
    #expect(trace.state(.wireGuard) != .down)
    #expect(trace.switches.isEmpty)
}

@Test(arguments: [
    (HandshakeFact.interfaceGone, SwitchCause.interfaceGone), (.noEndpoint, .noEndpoint),
    (.noPeer, .noEndpoint),
])
func `what WireGuard knows takes it down at once`(fact: HandshakeFact, cause: SwitchCause) {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(fact))
    #expect(trace.current == .rathole)
    #expect(trace.switches == [cause])
}

@Test(arguments: [HandshakeFact.unknown, .none, .age(.seconds(4000))])
func `missing data and age alone never switch`(fact: HandshakeFact) {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(fact))
    #expect(trace.state(.wireGuard) == .up)
    #expect(trace.current == .wireGuard)
}

@Test func `no route takes a path down at once`() {
    var trace = Trace()
    trace.settle()
    trace.light(.unreachable(errno: 113))
    #expect(trace.switches == [.unreachable])
}

@Test(arguments: [
    (FullOutcome.refused, SwitchCause.refused), (.closed, .closedUnanswered), (.silent, .silent),
    (.noConnection, .silent),
])
func `two failures take Rathole down and its state is named`(outcome: FullOutcome, cause: SwitchCause) {
    var trace = Trace()
    trace.settle()
    trace.full(.rathole, outcome)
    #expect(trace.state(.rathole) == .suspect)
    trace.full(.rathole, outcome)
    #expect(trace.state(.rathole) == .down)
    #expect(trace.machine.paths[1].cause == cause)
    #expect(trace.current == .wireGuard)
}

@Test func `rubbish from the app proves the path`() {
    var trace = Trace()
    trace.full(.rathole, .garbled)
    trace.full(.wireGuard, .garbled)
    #expect(trace.state(.rathole) == .up)
    #expect(trace.state(.wireGuard) == .up)
}

@Test func `an app that stops on both paths moves nothing, nor does its return`() {
    for wireGuardNoticesFirst in [true, false] {
        var trace = Trace()
        trace.settle()
        for _ in 0..<20 {
            trace.time.advance(by: .seconds(1))
            trace.light(.answered(after: .milliseconds(20)))
            trace.full(.wireGuard, .refused)
            trace.full(.rathole, .closed)
        }
        #expect(trace.machine.verdict(at: trace.time.now()) == .appDown)
        if wireGuardNoticesFirst {
            trace.full(.wireGuard, .ok)
        } else {
            trace.full(.rathole, .ok)
            trace.full(.wireGuard, .refused)
            trace.time.advance(by: .seconds(1))
            trace.full(.wireGuard, .ok)
        }
        #expect(trace.switches.isEmpty)
        #expect(trace.current == .wireGuard)
    }
}

@Test func `an app that answers over Rathole only takes traffic there, and only an answer brings it back`() {
    var trace = Trace(failback: Failback(base: .seconds(5), longest: .seconds(60)))
    trace.settle()
    for _ in 0..<3 {
        trace.time.advance(by: .seconds(1))
        trace.full(.rathole, .ok)
        trace.light(.answered(after: .milliseconds(20)))
        trace.full(.wireGuard, .refused)
    }
    #expect(trace.switches == [.appUnreachable])
    for _ in 0..<20 {
        trace.time.advance(by: .seconds(1))
        trace.full(.rathole, .ok)
        trace.light(.answered(after: .milliseconds(20)))
        trace.full(.wireGuard, .refused)
    }
    #expect(trace.current == .rathole)
    for _ in 0..<9 {
        trace.time.advance(by: .seconds(1))
        trace.light(.answered(after: .milliseconds(20)))
        trace.full(.wireGuard, .ok)
    }
    #expect(trace.switches == [.appUnreachable, .recovered])
}

@Test func `live traffic makes a path suspect, never down`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<20 { trace.take(.trafficFailed(.wireGuard)) }
    #expect(trace.state(.wireGuard) == .suspect)
    trace.take(.byteSeen(.wireGuard))
    #expect(trace.state(.wireGuard) == .suspect)
    trace.take(.trafficFailed(.rathole))
    #expect(trace.state(.rathole) == .suspect)
    trace.take(.byteSeen(.rathole))
    #expect(trace.state(.rathole) == .up)
}

@Test func `with both paths down the first answer is used, without a wait`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.full(.rathole, .silent)
    trace.full(.rathole, .silent)
    #expect(trace.machine.verdict(at: trace.time.now()) == .down)
    #expect(trace.current == .rathole)
    trace.time.advance(by: .seconds(20))
    trace.full(.wireGuard, .ok)
    #expect(trace.state(.wireGuard) == .up)
    #expect(trace.current == .wireGuard)
}

@Test func `an hour's step of the wall clock changes nothing`() {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(.age(.seconds(20))))
    let actions = trace.actions.count
    trace.time.stepWallClock(by: 3600)
    trace.take(.tick)
    trace.time.stepWallClock(by: -7200)
    trace.take(.tick)
    #expect(trace.actions.count == actions)
}

@Test func `without light probes silence is the path's, and a refusal the app's`() {
    for outcome in [FullOutcome.silent, .refused] {
        var trace = Trace([Trace.relayed, Trace.rathole])
        trace.full(.wireGuard, .ok)
        trace.full(.rathole, .ok)
        for _ in 0..<12 {
            trace.time.advance(by: .milliseconds(100))
            trace.full(.rathole, .ok)
            trace.full(.wireGuard, outcome, sentAgo: .milliseconds(50))
        }
        #expect(trace.switches == [outcome == .silent ? .probesLost : .appUnreachable])
    }
}
