import GateModel
import Testing

@testable import WireGuardKernel

// What `systemctl status` shows of the reader.

private let fault = Fault(code: "wireguard-refused", problem: "wg0: refused (EPERM)", remedy: "Use the unit.")

private func peers(_ count: Int, hasEndpoint: Bool = true) -> WireGuardReading {
    .sample(
        WireGuardSample(
            interface: "wg0", exists: true, isUp: true,
            peers: WireGuardPeerSummary(
                count: count, hasEndpoint: hasEndpoint, lastHandshake: 1, receivedBytes: 1, sentBytes: 1)))
}

@Test(arguments: [
    (peers(0, hasEndpoint: false), "Reading wg0: no box has joined yet"),
    (peers(1), "Reading wg0: 1 peer"),
    (peers(1, hasEndpoint: false), "Reading wg0: 1 peer, never heard of"),
    (peers(3), "Reading wg0: 3 peers"),
    (
        .sample(WireGuardSample(interface: "wg0", exists: false, isUp: false)),
        "There is no wg0: systemctl start wg-quick@wg0"
    ),
    (
        .sample(WireGuardSample(interface: "wg0", exists: true, isUp: false)),
        "wg0 is down: systemctl restart wg-quick@wg0"
    ),
    (
        .sample(WireGuardSample(interface: "wg0", exists: true, isUp: true, fault: fault)),
        "wg0 is up and tells nothing: wg0: refused (EPERM). Use the unit."
    ),
    (.unknown(fault), "wg0 cannot be read: wg0: refused (EPERM). Use the unit."),
])
func `a reading in the words of the service manager`(reading: WireGuardReading, line: String) throws {
    #expect(reading.standing(of: try InterfaceName("wg0")) == line)
}
