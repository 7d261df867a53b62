import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// A try of the other path, as the machine sees it.

extension Trace {
    mutating func beginDrill(endsIn limit: Duration = .seconds(30)) {
        take(.beginDrill(.rathole, endsBy: now + limit))
    }
}

@Test func `a drill moves traffic there, and back when it ends`() {
    var trace = Trace()
    trace.settle()
    trace.beginDrill()
    #expect(trace.current == .rathole)
    let report = trace.report
    #expect(report.drill?.target == "rathole" && report.drill?.endsInSeconds == 30)
    #expect(report.rule == "returns to wireguard when the drill ends, in 30s at the latest")
    #expect(throws: Fault.self) { try trace.machine.drillTarget(at: trace.time.now()).get() }
    trace.take(.endDrill)
    #expect(trace.current == .wireGuard)
    #expect(trace.switches == [.drill, .drill])
    #expect(trace.machine.drill == nil)
    // Ending what has ended is nothing.
    trace.take(.endDrill)
    #expect(trace.switches.count == 2)
}

@Test func `a drill whose beginner died ends by itself`() {
    var trace = Trace()
    trace.settle()
    trace.beginDrill(endsIn: .seconds(2))
    trace.time.advance(by: .milliseconds(1900))
    trace.take(.tick)
    #expect(trace.current == .rathole)
    trace.time.advance(by: .milliseconds(100))
    trace.take(.tick)
    #expect(trace.current == .wireGuard)
}

@Test func `a fallback that fails while it is tried is left, and the drill is over`() {
    var trace = Trace()
    trace.settle()
    trace.beginDrill()
    trace.full(.rathole, .refused)
    trace.full(.rathole, .refused)
    #expect(trace.current == .wireGuard)
    #expect(trace.switches == [.drill, .refused])
    #expect(trace.machine.drill == nil)
}

@Test func `a preference that is given during a drill counts after it`() {
    var trace = Trace()
    trace.settle()
    trace.beginDrill()
    trace.take(.prefer(.rathole))
    #expect(trace.current == .rathole)
    trace.take(.endDrill)
    #expect(trace.current == .rathole)
    #expect(trace.switches == [.drill])
}

@Test func `a deliberate switch does not count as trouble of the path`() {
    var trace = Trace()
    trace.settle()
    for _ in 0..<5 {
        trace.beginDrill()
        trace.take(.endDrill)
    }
    #expect(trace.machine.stableFor(0, at: trace.now) == .seconds(30))
}

@Test func `what earlier runs left counts`() {
    let time = ManualTime()
    let earlier = SwitchRecord(
        at: Moment(sinceBoot: time.now().sinceBoot - .seconds(60), unixSeconds: time.now().unixSeconds - 60),
        from: .wireGuard, to: .rathole, cause: .probesLost, gap: .milliseconds(700))
    let machine = FailoverMachine(
        paths: [Trace.wireGuard, Trace.rathole],
        failback: Failback(base: .seconds(30), longest: .seconds(600)), preference: .rathole,
        switches: SwitchLog([earlier, earlier]), at: time.now())
    #expect(machine.paths[machine.current].path.name == .rathole)
    let report = machine.report(at: time.now())
    #expect(report.preference == .rathole && report.switches.count == 2)
    #expect(report.paths[0].departuresLastDay == 2)
    #expect(machine.stableFor(1, at: time.now().sinceBoot) == .seconds(30))
    // It was not the earlier switch that brought traffic here.
    #expect(
        machine.why(at: time.now())[0]
            == "Traffic is on rathole since the start, 0s ago: `runegate tunnels prefer rathole` said so.")
}

@Test func `a preference for a path that is not configured counts as none`() {
    let machine = FailoverMachine(
        paths: [Trace.wireGuard], failback: Failback(base: .seconds(30), longest: .seconds(600)),
        preference: .rathole, at: ManualTime().now())
    #expect(machine.preference == .auto && machine.current == 0)
}

@Test(arguments: [3600, -3600, 86_400 * 365])
func `a wall clock that is set moves nothing, and ages stay what they were`(seconds: Int64) {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.take(.handshake(.age(.seconds(41))))
    let before = trace.report
    let count = trace.actions.count
    trace.time.stepWallClock(by: seconds)
    trace.take(.tick)
    #expect(trace.actions.count == count)
    #expect(trace.report == before)
    trace.time.advance(by: .seconds(5))
    #expect(trace.report.paths[0].sinceSeconds == before.paths[0].sinceSeconds + 5)
}
