import Glibc
import NIOCore
import TestSupport
import Testing
import UpstreamSelection

@testable import TunnelSupervisor

// The parts of probes that do no I/O.

@Test(arguments: [FullOutcome.silent, .closed])
func `two unanswered HEADs make it a GET, and an answered HEAD keeps it`(unanswered: FullOutcome) {
    var method = ProbeMethod()
    for second in 0..<10 {
        #expect(method.next(at: .seconds(second)).verb == .head)
        method.note(unanswered, of: .head, at: .seconds(second))
        method.note(.answered(status: 200, after: .zero), of: .head, at: .seconds(second))
    }
    method.note(unanswered, of: .head, at: .seconds(20))
    method.note(unanswered, of: .head, at: .seconds(21))
    #expect(method.next(at: .seconds(22)) == (.get, false))
}

@Test(arguments: [FullOutcome.refused, .noConnection, .unreachable(errno: EHOSTUNREACH)])
func `a connection that was not accepted says nothing about HEAD`(outcome: FullOutcome) {
    var method = ProbeMethod()
    for second in 0..<5 { method.note(outcome, of: .head, at: .seconds(second)) }
    #expect(method.next(at: .seconds(9)).verb == .head)
}

@Test func `HEAD is tried again after ten minutes of answered GETs`() {
    var method = ProbeMethod()
    method.note(.silent, of: .head, at: .seconds(0))
    method.note(.silent, of: .head, at: .seconds(1))
    #expect(method.next(at: .seconds(700)) == (.get, false))
    method.note(.answered(status: 200, after: .zero), of: .get, at: .seconds(700))
    #expect(method.next(at: .seconds(701)) == (.head, true))
    method.note(.silent, of: .head, at: .seconds(702))
    #expect(method.next(at: .seconds(702)) == (.get, false))
    #expect(method.next(at: .seconds(1301)) == (.head, true))
    method.note(.answered(status: 200, after: .zero), of: .head, at: .seconds(1302))
    #expect(method.next(at: .seconds(1303)) == (.head, false))
}

@Test func `echoes are used once one was answered, and left when only they are lost`() {
    var kind = LightKind()
    let before = [0, 999, 1000].map { kind.isTrialDue(at: .milliseconds($0)) }
    #expect(before == [true, false, true])
    kind.echoAnswered()
    #expect(kind.isEcho)
    for _ in 0..<100 { kind.echoLost(isPathAnswering: false) }
    #expect(kind.isEcho)
    for _ in 0..<20 { kind.echoLost(isPathAnswering: true) }
    #expect(!kind.isEcho)
    let after = [30, 61].map { kind.isTrialDue(at: .seconds($0)) }
    #expect(after == [false, true])
}

@Test(arguments: [true, false])
func `an echo's answer is read back`(isIPv4: Bool) {
    let packet = EchoPacket(sequence: 65535, nonce: 0x0102_0304_0506_0708)
    var reply = packet.bytes(isIPv4: isIPv4)
    #expect(EchoPacket(reply: reply, isIPv4: isIPv4) == nil, "a request is no reply")
    reply.setInteger(isIPv4 ? 0 : 129, at: 0, as: UInt8.self)
    #expect(EchoPacket(reply: reply, isIPv4: isIPv4) == packet)
    for length in 0..<reply.readableBytes {
        #expect(EchoPacket(reply: reply.getSlice(at: 0, length: length) ?? reply, isIPv4: isIPv4) == nil)
    }
}

@Test(arguments: [
    ("", StatusLine.incomplete), ("HTTP/1.1 20", .incomplete), ("HTTP/1.1 200", .status(200)),
    ("HTTP/1.0 999 x", .status(999)), ("HTTP/1.1 099", .garbled), ("HTTP/2.0 200", .garbled),
    ("HTTP/1.1\t200", .garbled), ("HTTP/1.x 200", .garbled), ("http/1.1 200", .garbled),
    ("HTTP/1.1 2x0", .garbled), ("\r\nHTTP/1.1 200", .garbled),
])
func `the first bytes of an answer are judged`(text: String, expected: StatusLine) {
    #expect(StatusLine(text.utf8) == expected)
}

@Test(arguments: [
    (ECONNREFUSED, ProbeFailure.refused), (ECONNRESET, .refused), (ETIMEDOUT, .timedOut), (EMFILE, .shortage),
    (EHOSTUNREACH, .unreachable(errno: EHOSTUNREACH)), (ENETUNREACH, .unreachable(errno: ENETUNREACH)),
    (ENODEV, .unreachable(errno: ENODEV)), (ENOKEY, .unreachable(errno: ENOKEY)),
])
func `errors of a connect are told apart`(errno: Int32, expected: ProbeFailure) {
    #expect(ProbeFailure(errno: errno) == expected)
}

@Test func `doubt and visitors make probes frequent`() {
    var trace = Trace()
    trace.settle()
    var path: PathHealth { trace.machine.paths[0] }
    #expect(ProbePeriods.light(of: path, isQuiet: true) == .seconds(2))
    #expect(ProbePeriods.light(of: path, isQuiet: false) == .milliseconds(100))
    trace.light(.lost)
    #expect(ProbePeriods.light(of: path, isQuiet: true) == .milliseconds(50))
    // Whether it is the line that both share, an answer over Rathole tells.
    #expect(trace.machine.fullPeriod(of: 1) == .milliseconds(100))
    trace.loseWireGuard()
    #expect(trace.machine.fullPeriod(of: 1) == .milliseconds(500))
    trace.take(.activity(isQuiet: true))
    #expect(trace.machine.fullPeriod(of: 1) == .seconds(30))
    trace.full(.rathole, .refused)
    #expect(trace.machine.fullPeriod(of: 1) == .milliseconds(100))
}

@Test func `Rathole in use is watched closely while WireGuard could take over`() {
    var trace = Trace()
    trace.settle()
    trace.loseWireGuard()
    #expect(trace.machine.fullPeriod(of: 1) == .milliseconds(500))
    #expect(trace.machine.fullDeadline(of: 1) == .milliseconds(700))
    for _ in 0..<3 { trace.full(.wireGuard, .ok) }
    #expect(trace.state(.wireGuard) == .probation)
    #expect(trace.machine.fullPeriod(of: 1) == .milliseconds(150))
    #expect(trace.machine.fullDeadline(of: 1) == .milliseconds(400))
    trace.full(.rathole, .silent)
    trace.full(.rathole, .silent)
    // Whether it is Rathole that is silent, an answer over WireGuard tells.
    #expect(trace.current == .rathole)
    trace.time.advance(by: .milliseconds(100))
    trace.full(.wireGuard, .ok)
    #expect(trace.current == .wireGuard)
    #expect(trace.switches.last == .silent)
    trace.take(.activity(isQuiet: true))
    #expect(trace.machine.fullPeriod(of: 1) != .milliseconds(150))
}
