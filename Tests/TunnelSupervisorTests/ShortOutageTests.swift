import GateModel
import TestSupport
import Testing
import UpstreamSelection

@testable import TunnelSupervisor

// The line that both tunnels share is interrupted for a moment: what runs is kept while there is nowhere better to go.

extension Trace {
    /// WireGuard falls silent at once, and is down after it.
    fileprivate mutating func silenceWireGuard() {
        for _ in 0..<10 {
            time.advance(by: .milliseconds(100))
            light(.lost, sentAgo: .milliseconds(90))
        }
        full(.wireGuard, .noConnection)
    }
}

@Test func `what runs is ended at once when the other path has answered since`() {
    var trace = Trace()
    trace.settle()
    trace.light(.lost)
    #expect(trace.machine.fullPeriod(of: 1) == .milliseconds(100), "the question is asked at once")
    trace.time.advance(by: .milliseconds(20))
    trace.full(.rathole, .ok)
    trace.silenceWireGuard()
    #expect(trace.routing?.lost == [.wireGuard])
    #expect(trace.current == .rathole)
}

@Test func `what runs is ended as soon as the other path answers`() {
    var trace = Trace()
    trace.settle()
    trace.silenceWireGuard()
    #expect(trace.routing?.dead == [.wireGuard])
    #expect(trace.routing?.lost == [])
    trace.full(.rathole, .ok)
    #expect(trace.routing?.lost == [.wireGuard])
}

@Test func `what runs outlives a short outage of both paths`() {
    var trace = Trace()
    trace.settle()
    trace.silenceWireGuard()
    for _ in 0..<2 { trace.full(.rathole, .silent) }
    #expect(trace.routing?.dead == [.wireGuard, .rathole])
    trace.time.advance(by: .seconds(9))
    trace.take(.tick)
    trace.full(.wireGuard, .ok)
    trace.light(.answered(after: .milliseconds(20)))
    #expect(trace.state(.wireGuard) == .up)
    let lost = trace.actions.reduce(into: Set<UpstreamPath.Name>()) { lost, action in
        if case .publish(let routing) = action { lost.formUnion(routing.lost) }
    }
    #expect(lost == [])
}

@Test func `what runs is ended when the outage is no short one`() {
    var trace = Trace()
    trace.settle()
    trace.silenceWireGuard()
    for _ in 0..<2 { trace.full(.rathole, .silent) }
    trace.time.advance(by: ProbeThresholds.shortOutage)
    trace.take(.tick)
    #expect(trace.routing?.lost == [.wireGuard])
}

@Test func `an interface that is gone ends what ran on it, whatever the other path does`() {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(.interfaceGone))
    #expect(trace.routing?.lost == [.wireGuard])

    var later = Trace()
    later.settle()
    later.silenceWireGuard()
    #expect(later.routing?.lost == [])
    later.take(.handshake(.interfaceGone))
    #expect(later.routing?.lost == [.wireGuard])
}

@Test func `an only path keeps what runs on it through a short outage, too`() {
    var trace = Trace([Trace.wireGuard])
    trace.full(.wireGuard, .ok)
    trace.light(.answered(after: .milliseconds(20)))
    trace.silenceWireGuard()
    #expect(trace.routing?.dead == [.wireGuard])
    #expect(trace.routing?.lost == [])
}
