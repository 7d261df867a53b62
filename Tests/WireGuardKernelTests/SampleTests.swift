import GateModel
import TestSupport
import Testing

@testable import WireGuardKernel

private func link(up: Bool = true) throws -> WatchedLink {
    var link = WatchedLink(name: try InterfaceName("wg0"))
    _ = link.take(LinkMessage(exists: true, index: 5, isUp: up, name: "wg0"))
    return link
}

private func peer(handshake: Int64?, endpoint: Bool) throws -> WireGuardPeer {
    WireGuardPeer(
        publicKey: try #require(PublicKey(bytes: [UInt8](repeating: 1, count: 32))),
        endpoint: endpoint ? PeerEndpoint(address: IPAddress(bytes: [192, 0, 2, 1]), port: 1) : nil,
        lastHandshake: handshake.flatMap { UnixTime(seconds: $0, nanoseconds: 0) }, receivedBytes: 10,
        sentBytes: 20)
}

@Test func `a sample sums up the peers`() throws {
    let device = WireGuardDevice(
        name: try InterfaceName("wg0"),
        peers: [try peer(handshake: nil, endpoint: false), try peer(handshake: 100, endpoint: true)])
    let sample = WireGuardSample(link: try link(), device: .success(device))
    #expect(sample.exists && sample.isUp && sample.fault == nil)
    #expect(sample.hasEndpoint == true && sample.lastHandshake == 100)
    #expect(sample.receivedBytes == 20 && sample.sentBytes == 40)
    #expect(sample.peers?.count == 2)
}

@Test func `without permission the link is known and the handshake is not`() throws {
    let sample = WireGuardSample(
        link: try link(), device: .failure(.noPermission(try InterfaceName("wg0"))))
    #expect(sample.exists && sample.isUp)
    #expect(sample.hasEndpoint == nil && sample.lastHandshake == nil)
    #expect(sample.fault?.code == "wireguard-no-permission")
}

@Test func `an interface that vanished between two questions does not exist`() throws {
    let sample = WireGuardSample(
        link: try link(), device: .failure(.noInterface(try InterfaceName("wg0"))))
    #expect(!sample.exists && !sample.isUp)
}

private let readings: [WireGuardReading] = [
    .sample(
        WireGuardSample(
            interface: "wg0", exists: true, isUp: true,
            peers: WireGuardPeerSummary(
                count: 1, hasEndpoint: true, lastHandshake: 1_790_000_000, receivedBytes: .max, sentBytes: 2))
    ),
    .sample(
        WireGuardSample(
            interface: "wg0", exists: true, isUp: false,
            peers: WireGuardPeerSummary(
                count: 0, hasEndpoint: false, lastHandshake: nil, receivedBytes: 0, sentBytes: 0))),
    .sample(
        WireGuardSample(
            interface: "wg0", exists: false, isUp: false,
            fault: Fault(code: "c", problem: "p \"quoted\"\nline", remedy: "r"))),
    .unknown(Fault(code: "c", problem: "p", remedy: "r")),
]

@Test(arguments: readings)
private func `a line comes back as the reading that it was made of`(reading: WireGuardReading) throws {
    let line = try #require(SampleLine(reading).encoded)
    #expect(line.last == 0x0a && !line.dropLast().contains(0x0a))
    #expect(SampleLine.reading(of: line.dropLast()) == reading)
}

@Test(arguments: [
    "", "{}", "[]", "{\"interface\":\"wg0\"}", "{\"interface\":\"wg0\",\"exists\":1,\"up\":true}",
])
func `a line that is no reading is refused`(line: String) {
    #expect(SampleLine.reading(of: Array(line.utf8)) == nil)
}

@Test func `lines are cut wherever the pieces end`() {
    var lines = LineSplitter(maximumBytes: 4)
    func taken(_ bytes: UInt8...) -> [[UInt8]]? { lines.take(bytes[...]) }
    #expect(taken(97, 98) == [])
    #expect(taken(99, 10, 10, 100) == [[97, 98, 99], []])
    #expect(taken(10) == [[100]])
    #expect(taken(1, 2, 3, 4, 5) == nil)
}

@Test func `the age of a handshake does not follow the wall clock`() {
    let time = ManualTime(unixSeconds: 1000)
    var age = HandshakeAge()
    age.observe(lastHandshake: nil, at: time.now())
    #expect(age.age(at: time.now()) == nil)
    age.observe(lastHandshake: 940, at: time.now())
    #expect(age.age(at: time.now()) == .seconds(60))
    time.advance(by: .seconds(10))
    time.stepWallClock(by: 3600)
    age.observe(lastHandshake: 940, at: time.now())
    #expect(age.age(at: time.now()) == .seconds(70))
    // boringtun reckons it anew each time.
    age.observe(lastHandshake: 941, at: time.now())
    #expect(age.age(at: time.now()) == .seconds(70))
    age.observe(lastHandshake: 4610, at: time.now())
    #expect(age.age(at: time.now()) == .zero)
    time.stepWallClock(by: -7200)
    time.advance(by: .seconds(5))
    #expect(age.age(at: time.now()) == .seconds(5))
}

@Test func `a value that steps with the wall clock is the same handshake`() {
    let time = ManualTime(unixSeconds: 100_000)
    var age = HandshakeAge()
    age.observe(lastHandshake: 99_940, at: time.now())
    for step: Int64 in [3600, -7200] {
        time.advance(by: .seconds(1))
        time.stepWallClock(by: step)
        age.observe(lastHandshake: time.now().unixSeconds - 61, at: time.now())
        age.observe(lastHandshake: time.now().unixSeconds - 61, at: time.now())
    }
    #expect(age.age(at: time.now()) == .seconds(62))
}

@Test func `a handshake from the future is new`() {
    let time = ManualTime(unixSeconds: 1000)
    var age = HandshakeAge()
    age.observe(lastHandshake: 5000, at: time.now())
    #expect(age.age(at: time.now()) == .zero)
}
