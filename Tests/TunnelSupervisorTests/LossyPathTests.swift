import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// A path that loses packets, and still carries what the visitors ask for.

extension Trace {
    /// WireGuard's echoes come back, its full probes end so, and Rathole's are answered.
    fileprivate mutating func probe(_ outcome: FullOutcome, times: Int) {
        for _ in 0..<times {
            time.advance(by: .seconds(1))
            full(.rathole, .ok)
            light(.answered(after: .milliseconds(20)))
            full(.wireGuard, outcome)
        }
    }
}

@Test(arguments: [FullOutcome.noConnection, .silent])
func `five full probes that hear nothing come by chance, the sixth does not`(outcome: FullOutcome) {
    var trace = Trace()
    trace.settle()
    trace.probe(outcome, times: 5)
    #expect(trace.switches.isEmpty)
    trace.probe(outcome, times: 1)
    #expect(trace.switches == [.appUnreachable])
}

@Test func `an answer to a visitor says that silent full probes were lost on their way`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<10 {
        trace.probe(.noConnection, times: 5)
        trace.take(.byteSeen(.wireGuard))
    }
    #expect(trace.switches.isEmpty)
}

@Test func `an app that refuses new visitors is missed, whatever it still tells the old ones`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<3 {
        trace.probe(.refused, times: 1)
        trace.take(.byteSeen(.wireGuard))
    }
    #expect(trace.switches == [.appUnreachable])
}

@Test func `what runs on a path that only misses the app goes on, also when its probation fails`() {
    var trace = Trace(failback: Failback(base: .seconds(5), longest: .seconds(60)))
    trace.settle()
    trace.probe(.refused, times: 3)
    trace.probe(.ok, times: 3)
    #expect(trace.state(.wireGuard) == .probation)
    trace.probe(.noConnection, times: 1)
    #expect(trace.state(.wireGuard) == .down)
    #expect(trace.routing?.dead == [])
}

@Test func `a path that falls silent while it only missed the app is dead`() {
    var trace = Trace()
    trace.settle()
    trace.probe(.refused, times: 3)
    #expect(trace.routing?.dead == [])
    trace.loseWireGuard()
    #expect(trace.routing?.dead == [.wireGuard])
}
