import GateModel
import TestSupport
import Testing
import TunnelSupervisor
import WireGuardKernel

// What readings of the interface become before the machine sees them.

private let fault = Fault(code: "wireguard-no-permission", problem: "It may not be read", remedy: "Start it")

private let noModule = Fault(
    code: "wireguard-no-module", problem: "The kernel has no WireGuard", remedy: "Load it with `modprobe`")

private func sample(
    exists: Bool = true, isUp: Bool = true, peers: WireGuardPeerSummary? = nil, fault: Fault? = nil
) -> WireGuardReading {
    .sample(WireGuardSample(interface: "wg0", exists: exists, isUp: isUp, peers: peers, fault: fault))
}

private func peers(_ count: Int = 1, hasEndpoint: Bool = true, lastHandshake: Int64? = nil)
    -> WireGuardPeerSummary
{
    WireGuardPeerSummary(
        count: count, hasEndpoint: hasEndpoint, lastHandshake: lastHandshake, receivedBytes: 7, sentBytes: 9)
}

@Suite struct `Readings of the interface` {
    let now = Moment(sinceBoot: .seconds(1000), unixSeconds: 1_790_000_000)

    @Test(arguments: [
        (sample(exists: false, isUp: false), HandshakeFact.interfaceGone),
        (sample(isUp: false, peers: peers()), .interfaceGone),
        (sample(fault: fault), .unknown),
        (.unknown(fault), .unknown),
        (sample(peers: peers(0, hasEndpoint: false)), .noPeer),
        (sample(peers: peers(hasEndpoint: false)), .noEndpoint),
        (sample(peers: peers()), HandshakeFact.none),
        (sample(peers: peers(lastHandshake: 1_789_999_959)), .age(.seconds(41))),
    ])
    func `become facts`(reading: WireGuardReading, fact: HandshakeFact) {
        var watch = HandshakeWatch()
        #expect(watch.take(reading, at: now).fact == fact)
    }

    @Test func `bring the reason why nothing is known`() {
        var watch = HandshakeWatch()
        #expect(watch.take(sample(fault: fault), at: now).details.fault == fault)
        #expect(watch.take(.unknown(fault), at: now).details.fault == fault)
    }

    @Test(arguments: [
        (sample(exists: false, isUp: false, fault: fault), "interface-gone", "There is no interface wg0"),
        (sample(isUp: false, peers: peers()), "interface-gone", "The interface wg0 is switched off"),
        (sample(isUp: false, fault: fault), "interface-gone", "The interface wg0 is switched off"),
        (
            sample(exists: false, isUp: false, fault: noModule), "wireguard-no-module",
            "The kernel has no WireGuard"
        ),
    ])
    func `say what is wrong with an interface that is gone`(
        reading: WireGuardReading, code: String, problem: String
    ) {
        var watch = HandshakeWatch()
        let (fact, details) = watch.take(reading, at: now)
        #expect(fact == .interfaceGone)
        #expect(details.fault?.code == code && details.fault?.problem == problem)
    }

    @Test func `bring the interface's counters`() {
        var watch = HandshakeWatch()
        let details = watch.take(sample(peers: peers()), at: now).details
        #expect(details == WireGuardDetails(receivedBytes: 7, sentBytes: 9))
    }

    @Test(arguments: [Int64(3600), -3600])
    func `keep their age when the wall clock steps`(step: Int64) {
        var watch = HandshakeWatch()
        let reading = sample(peers: peers(lastHandshake: 1_789_999_959))
        _ = watch.take(reading, at: now)
        let later = Moment(sinceBoot: .seconds(1010), unixSeconds: now.unixSeconds + 10 + step)
        #expect(watch.take(reading, at: later).fact == .age(.seconds(51)))
    }
}
