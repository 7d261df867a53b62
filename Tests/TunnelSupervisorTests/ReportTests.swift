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

@Test func `words of causes are the closed list`() {
    #expect(
        SwitchCause.allCases.map(\.rawValue) == [
            "probes-lost", "refused", "closed-unanswered", "silent", "unreachable", "interface-gone",
            "no-endpoint", "app-unreachable", "recovered", "operator", "drill",
        ])
}
