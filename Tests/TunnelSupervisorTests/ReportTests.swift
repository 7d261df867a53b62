import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import UpstreamSelection

// What people read.

extension Trace {
    var report: TunnelReport { machine.report(at: time.now()) }
}

@Test func `all is well in one line`() {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(.age(.seconds(41))))
    #expect(trace.report.verdict == .ok)
    #expect(trace.report.summary == "serving over wireguard since 0s (fallback ready)")
    #expect(trace.report.paths[0].evidence == "handshake 41s ago, probe 200 in 18ms")
    #expect(trace.report.paths[1].evidence == "probe 200 in 18ms")
    #expect(trace.report.rule == "moves to rathole when wireguard is silent for 650ms")
    #expect(trace.report.problems.isEmpty)
}

@Test func `a lost primary says why, and how far along the return is`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    #expect(trace.report.verdict == .degraded)
    #expect(
        trace.report.summary == "serving over rathole: wireguard is down, its probes stay unanswered")
    trace.full(.wireGuard, .ok)
    #expect(trace.report.rule == "returns to wireguard after 3 good probes (1/3) and 30s without trouble")
    trace.full(.wireGuard, .ok)
    trace.full(.wireGuard, .ok)
    trace.time.advance(by: .seconds(8))
    #expect(trace.report.rule == "returns to wireguard in 22s if it stays good")
    #expect(trace.report.switches.map(\.cause) == [.probesLost])
    #expect(trace.report.switches.allSatisfy { (650..<1000).contains($0.gapMilliseconds) })
    #expect(trace.machine.why(at: trace.time.now())[0].contains("probes-lost of wireguard"))
}

@Test func `an unproven fallback degrades`() {
    var trace = Trace()
    trace.light(.answered(after: .milliseconds(20)))
    trace.full(.wireGuard, .ok)
    #expect(trace.report.summary == "serving over wireguard: the fallback rathole is not proven")
    #expect(trace.report.verdict.exitCode == 1)
}

@Test func `data that cannot be read is named, and changes nothing else`() {
    var trace = Trace()
    let fault = Fault(
        code: "wireguard-no-permission", problem: "wg0 may not be read", remedy: "Start the reader")
    trace.light(.answered(after: .milliseconds(20)))
    trace.full(.wireGuard, .ok)
    trace.full(.rathole, .ok)
    trace.take(.handshake(.unknown, WireGuardDetails(fault: fault)))
    #expect(trace.report.verdict == .ok)
    #expect(trace.report.paths[0].evidence.hasPrefix("handshake unknown"))
    #expect(trace.report.problems.map(\.code) == ["wireguard-no-permission"])
    #expect(trace.report.problems[0].remedy == "Start the reader")
}

@Test func `no peer means that no box has joined`() {
    var trace = Trace()
    trace.take(.handshake(.noPeer))
    trace.full(.rathole, .refused)
    trace.full(.rathole, .refused)
    #expect(trace.report.verdict == .notJoined)
    #expect(trace.report.problems[0].remedy.contains("provision join"))
    #expect(trace.report.verdict.exitCode == 2)
}

@Test func `Rathole that goes on closing says that the app is down, not its client`() {
    var trace = Trace([Trace.rathole])
    for _ in 0..<8 { trace.full(.rathole, .closed) }
    #expect(trace.report.verdict == .down)
    #expect(trace.report.problems.map(\.code) == ["rathole-closed"])
    trace.full(.rathole, .closed)
    #expect(trace.report.verdict == .appDown)
    #expect(trace.report.problems.map(\.code) == ["app-down"])
}

@Test func `an app that answers rubbish on every path is down, and one sane answer is enough`() {
    var trace = Trace()
    trace.settle()
    trace.full(.rathole, .garbled)
    #expect(trace.report.verdict == .ok)
    trace.full(.wireGuard, .garbled)
    #expect(trace.report.verdict == .appDown)
    #expect(trace.report.problems.map(\.code) == ["app-garbled"])
    #expect(trace.report.summary.contains("no web app"))
    trace.full(.wireGuard, .answered(status: 500, after: .milliseconds(5)))
    #expect(trace.report.verdict == .ok)
}

@Test func `a silent peer is told from a silent path`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    trace.take(.handshake(.age(.seconds(20))))
    #expect(trace.report.problems.map(\.code) == ["path-silent"])
    trace.take(.handshake(.age(.seconds(240))))
    #expect(trace.report.problems.map(\.code) == ["peer-silent"])
}

@Test func `a kernel without WireGuard is told from an interface that is missing`() {
    var trace = Trace()
    let fault = Fault(
        code: "wireguard-no-module", problem: "The kernel has no WireGuard", remedy: "Load it")
    trace.take(.handshake(.interfaceGone, WireGuardDetails(fault: fault)))
    #expect(trace.report.problems.map(\.code) == ["wireguard-no-module"])
    #expect(trace.report.problems[0].remedy == "Load it")
    trace.take(.handshake(.interfaceGone))
    #expect(trace.report.problems.map(\.code) == ["interface-gone"])
}

@Test func `packets that do not leave are no silent far side`() {
    var trace = Trace()
    trace.settle()
    trace.take(.handshake(.age(.seconds(20))))
    trace.full(.wireGuard, .unreachable(errno: 1))
    trace.full(.rathole, .unreachable(errno: 1))
    #expect(trace.report.problems.map(\.code) == ["path-unreachable", "path-unreachable"])
    #expect(trace.report.problems[0].problem.hasSuffix("10.0.0.2:7860: Operation not permitted"))
    for word in ["ip route get 10.0.0.2", "nft", "aibox", "addresses.conf"] {
        #expect(trace.report.problems[0].remedy.contains(word))
    }
    // However old the handshake has become.
    trace.take(.handshake(.age(.seconds(240))))
    #expect(trace.report.problems[0].code == "path-unreachable")
    for _ in 0..<2 { trace.full(.rathole, .noConnection) }
    #expect(trace.report.problems[1].code == "rathole-unreachable")
}

@Test(arguments: [
    (FullOutcome.refused, "nothing listens there on port 7860", "Start the app"),
    (.silent, "the app accepts, but answers no request in time", "RUNEGATE_PROBE_PATH"),
    (.closed, "the app's connections end without an answer", "Start the app"),
])
func `an app that is down is told by how it keeps silent`(
    outcome: FullOutcome, words: String, remedy: String
) {
    var trace = Trace()
    trace.settle()
    // Silence has to last longer than a refusal to count.
    for _ in 0..<6 {
        trace.full(.wireGuard, outcome)
        trace.full(.rathole, .refused)
    }
    #expect(trace.report.verdict == .appDown)
    #expect(trace.report.summary == "the box is reached, and \(words)")
    let problem = trace.report.problems.first { $0.code == "app-down" }
    // Rathole is down, so it is not said to work.
    #expect(problem?.problem == "The box is reached over wireguard, and \(words)")
    #expect(problem?.remedy.contains(remedy) == true)
}

@Test func `a drill says where traffic goes back to`() {
    var trace = Trace()
    trace.settle()
    trace.take(.beginDrill(.rathole, endsBy: trace.now + .seconds(28)))
    #expect(trace.report.rule == "returns to wireguard when the drill ends, in 28s at the latest")
    #expect(trace.machine.why(at: trace.time.now()).last == "Next: traffic \(trace.report.rule).")
}

@Test func `a return on command does not blame a proven fallback`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    for _ in 0..<3 { trace.full(.wireGuard, .ok) }
    #expect(trace.state(.wireGuard) == .probation)
    trace.take(.prefer(.wireGuard))
    #expect(trace.current == .wireGuard)
    #expect(trace.report.paths[1].isProven && !trace.report.summary.contains("not proven"))
}

@Test func `the reason at the start is not rewritten by a later preference`() {
    let time = ManualTime()
    var machine = FailoverMachine(
        paths: [Trace.wireGuard, Trace.rathole],
        failback: Failback(base: .seconds(30), longest: .seconds(600)), preference: .rathole, at: time.now())
    #expect(machine.why(at: time.now())[0].hasSuffix(": `runegate tunnels prefer rathole` said so."))
    _ = machine.take(.prefer(.auto), at: time.now())
    #expect(machine.why(at: time.now())[0].hasSuffix(": it was the preferred path then."))
    #expect(Trace().machine.why(at: time.now())[0].hasSuffix(": it is the first configured path."))
}

@Test func `a relay inside the program is marked wherever paths are named`() {
    func simulated(_ name: UpstreamPath.Name) -> UpstreamPath {
        UpstreamPath(name: name, endpoint: Trace.rathole.endpoint, isSimulated: true)
    }
    var trace = Trace([simulated(.wireGuard), simulated(.rathole)])
    trace.full(.wireGuard, .ok)
    trace.full(.rathole, .ok)
    trace.take(.prefer(.rathole))
    #expect(trace.report.switches.map(\.isSimulated) == [true])
    #expect(trace.machine.why(at: trace.time.now()).prefix(3).allSatisfy { $0.contains("(simulated)") })
}

@Test func `words of causes are the closed list`() {
    #expect(
        SwitchCause.allCases.map(\.rawValue) == [
            "probes-lost", "refused", "closed-unanswered", "silent", "unreachable", "interface-gone",
            "no-endpoint", "app-unreachable", "recovered", "operator", "drill",
        ])
}
