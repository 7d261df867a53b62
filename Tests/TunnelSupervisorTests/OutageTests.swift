import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// Which layer broke when nothing gets through, and since when.

extension Trace {
    /// Neither path answers any more.
    mutating func loseBoth(rathole outcome: FullOutcome) {
        for _ in 0..<10 {
            time.advance(by: .milliseconds(100))
            light(.lost, sentAgo: .milliseconds(90))
        }
        full(.wireGuard, .noConnection)
        full(.rathole, outcome)
        full(.rathole, outcome)
    }
}

@Test(
    arguments: [
        (.age(.seconds(200)), .refused, .boxAway),
        (.none, .refused, .boxAway),
        (.noPeer, .refused, .boxAway),
        (.noEndpoint, .refused, .boxAway),
        (.age(.seconds(170)), .refused, .tunnelsDown),
        (.unknown, .refused, .tunnelsDown),
        (.interfaceGone, .refused, .tunnelsDown),
        (.age(.seconds(200)), .silent, .tunnelsDown),
        (.age(.seconds(200)), .closed, .tunnelsDown),
    ] as [(HandshakeFact, FullOutcome, Outage.Layer)])
func `both tunnels have to say that the box is gone`(
    handshake: HandshakeFact, rathole: FullOutcome, layer: Outage.Layer
) {
    var trace = Trace()
    trace.settle()
    trace.loseBoth(rathole: rathole)
    trace.take(.handshake(handshake))
    #expect(trace.routing?.outage?.layer == layer)
}

@Test func `a Rathole server without a client may as well be no server`() {
    var trace = Trace([Trace.rathole])
    trace.full(.rathole, .refused)
    trace.full(.rathole, .refused)
    #expect(trace.routing?.outage?.layer == .tunnelsDown)
}

@Test func `an app that refuses over a living path is down, not the tunnels`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<3 {
        trace.time.advance(by: .seconds(1))
        trace.light(.refused(after: .milliseconds(20)))
        trace.full(.wireGuard, .refused)
        trace.full(.rathole, .closed)
    }
    #expect(trace.state(.wireGuard) == .up)
    #expect(trace.routing?.outage?.layer == .appDown)
    trace.full(.wireGuard, .ok)
    #expect(trace.routing?.outage == nil)
}

@Test func `no outage while one path works, nor before anything was tried`() {
    var trace = Trace()
    trace.take(.tick)
    #expect(trace.routing?.outage == nil && !trace.machine.isAppReached)
    trace.settle()
    #expect(trace.machine.isAppReached)
    trace.loseWireGuard()
    #expect(trace.routing?.outage == nil && trace.machine.isAppReached)
    trace.full(.rathole, .silent)
    #expect(!trace.machine.isAppReached)
}

@Test func `an outage keeps its beginning, and is not published with every tick`() {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(.age(.seconds(20))))
    trace.loseBoth(rathole: .refused)
    let began = trace.machine.outage
    #expect(began == Outage(layer: .tunnelsDown, since: trace.time.now()))
    let count = trace.actions.count
    for _ in 0..<100 {
        trace.time.advance(by: .milliseconds(10))
        trace.take(.tick)
    }
    #expect(trace.actions.count == count)
    trace.take(.handshake(.age(.seconds(181))))
    #expect(trace.machine.outage?.layer == .boxAway)
    #expect(trace.machine.outage?.since == began?.since)
    trace.full(.wireGuard, .ok)
    #expect(trace.machine.outage == nil)
}
