import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// When traffic returns to the preferred path.

extension Trace {
    /// WireGuard answers everything for so long, with probes of both kinds.
    mutating func serveWireGuard(for duration: Duration) {
        let end = now + duration
        while now < end {
            time.advance(by: .milliseconds(500))
            light(.answered(after: .milliseconds(20)))
            full(.wireGuard, .ok)
            full(.rathole, .ok)
        }
    }
}

@Test func `traffic returns once, after three answers and the wait`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.serveWireGuard(for: .milliseconds(1500))
    #expect(trace.state(.wireGuard) == .probation)
    trace.serveWireGuard(for: .milliseconds(29_500))
    #expect(trace.current == .rathole)
    trace.serveWireGuard(for: .milliseconds(500))
    #expect(trace.current == .wireGuard)
    trace.serveWireGuard(for: .seconds(60))
    #expect(trace.switches == [.probesLost, .recovered])
    #expect(trace.machine.switches.records[1].gap == .zero)
}

@Test func `the wait doubles with each departure in a quarter of an hour, to its limit`() {
    let failback = Failback(base: .seconds(30), longest: .seconds(600))
    let waits = (0...8).map { failback.stableFor(departures: $0).components.seconds }
    #expect(waits == [30, 30, 60, 120, 240, 480, 600, 600, 600])
    #expect(failback.stableFor(departures: 10_000) == .seconds(600))
}

@Test func `a departure older than a quarter of an hour is forgotten`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.serveWireGuard(for: .seconds(40))
    trace.loseWireGuard()
    #expect(trace.machine.stableFor(0, at: trace.now) == .seconds(60))
    trace.time.advance(by: .seconds(16 * 60))
    #expect(trace.machine.stableFor(0, at: trace.now) == .seconds(30))
}

@Test func `a failed full probe in the wait starts it anew`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.serveWireGuard(for: .seconds(20))
    trace.full(.wireGuard, .silent)
    #expect(trace.state(.wireGuard) == .down)
    trace.serveWireGuard(for: .seconds(20))
    #expect(trace.current == .rathole)
    trace.serveWireGuard(for: .seconds(12))
    #expect(trace.current == .wireGuard)
}

@Test func `more than two percent of losses in the wait start it anew`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.serveWireGuard(for: .seconds(3))
    for _ in 0..<7 {
        trace.light(.lost, sentAgo: .milliseconds(200))
        trace.light(.answered(after: .milliseconds(20)))
    }
    #expect(trace.state(.wireGuard) == .down)
}

@Test(arguments: [HandshakeFact.none, .age(.seconds(180)), .noEndpoint, .interfaceGone, .noPeer])
func `WireGuard's data forbids the return`(fact: HandshakeFact) {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    for _ in 0..<60 {
        trace.take(.handshake(fact))
        trace.serveWireGuard(for: .seconds(1))
    }
    #expect(trace.current == .rathole)
    for _ in 0..<32 {
        trace.take(.handshake(.age(.seconds(10))))
        trace.serveWireGuard(for: .seconds(1))
    }
    #expect(trace.current == .wireGuard)
}

@Test func `a sample that is no longer renewed forbids nothing`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.take(.handshake(.age(.seconds(400))))
    trace.serveWireGuard(for: .seconds(50))
    #expect(trace.current == .wireGuard)
}

@Test func `a preference moves traffic at once and is left only for a dead path`() {
    var trace = Trace()
    trace.settle()
    trace.take(.prefer(.rathole))
    #expect(trace.current == .rathole)
    trace.serveWireGuard(for: .seconds(120))
    #expect(trace.current == .rathole)
    trace.full(.rathole, .refused)
    trace.full(.rathole, .refused)
    #expect(trace.current == .wireGuard)
    trace.take(.prefer(.auto))
    #expect(trace.switches == [.operatorCommand, .refused])
    #expect(trace.machine.stableFor(0, at: trace.now) == .seconds(30))
}

@Test func `preferring WireGuard ends its probation`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.take(.prefer(.wireGuard))
    #expect(trace.current == .rathole)
    trace.serveWireGuard(for: .seconds(2))
    #expect(trace.state(.wireGuard) == .probation)
    trace.take(.prefer(.wireGuard))
    #expect(trace.current == .wireGuard)
}

@Test func `a drill is refused while the fallback is unproven`() {
    var trace = Trace()
    trace.settle()
    #expect(throws: Never.self) { try trace.machine.drillTarget(at: trace.time.now()).get() }
    trace.time.advance(by: .seconds(20))
    #expect(throws: Fault.self) { try trace.machine.drillTarget(at: trace.time.now()).get() }
    var alone = Trace([Trace.wireGuard])
    alone.light(.answered(after: .milliseconds(20)))
    #expect(throws: Fault.self) { try alone.machine.drillTarget(at: alone.time.now()).get() }
}

@Test func `a path that returned in quiet is proven until its next full probe`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.take(.activity(isQuiet: true))
    for _ in 0..<3 { trace.full(.wireGuard, .ok) }
    #expect(trace.state(.wireGuard) == .probation)
    trace.time.advance(by: .seconds(30))
    trace.light(.answered(after: .milliseconds(20)))
    #expect(trace.current == .wireGuard)
    #expect(trace.machine.paths[0].isProven(at: trace.now))
}
