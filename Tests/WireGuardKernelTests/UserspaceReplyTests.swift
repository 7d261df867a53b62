import GateModel
import Testing

@testable import WireGuardKernel

private let now = UnixTime(seconds: 1_790_000_000, nanoseconds: 250_000_000)

private func read(_ text: String) throws -> WireGuardDevice {
    let name = try InterfaceName("wg0")
    let now = try #require(now)
    return try Array(text.utf8).received { bytes throws(WireGuardProblem) in
        try UserspaceReply.device(name, from: bytes, now: now)
    }
}

private let ones = String(repeating: "11", count: 32)
private let twos = String(repeating: "22", count: 32)
private let secret = String(repeating: "a5", count: 32)

/// As wireguard-go says it.
private let reply = """
    private_key=\(secret)
    listen_port=51820
    fwmark=1
    public_key=\(ones)
    preshared_key=\(secret)
    protocol_version=1
    endpoint=192.0.2.1:41000
    last_handshake_time_sec=1789999900
    last_handshake_time_nsec=5
    tx_bytes=18446744073709551615
    rx_bytes=3
    persistent_keepalive_interval=25
    allowed_ip=10.0.0.2/32
    allowed_ip=fd00::/64
    public_key=\(twos)
    endpoint=[2001:db8::1]:2
    last_handshake_time_sec=0
    last_handshake_time_nsec=0
    errno=0


    """

@Test func `what wireguard-go says is read, and no secret key with it`() throws {
    let device = try read(reply)
    #expect(device.listenPort == 51820 && device.firewallMark == 1)
    #expect(device.peers.count == 2)
    let peer = device.peers[0]
    #expect(peer.publicKey.bytes == [UInt8](repeating: 0x11, count: 32))
    #expect(peer.endpoint?.description == "192.0.2.1:41000")
    #expect(peer.lastHandshake == UnixTime(seconds: 1_789_999_900, nanoseconds: 5))
    #expect(peer.sentBytes == .max && peer.receivedBytes == 3)
    #expect(peer.keepaliveSeconds == 25 && peer.protocolVersion == 1)
    #expect(peer.allowedIPs.map(\.description) == ["10.0.0.2/32", "fd00::/64"])
    #expect(device.peers[1].lastHandshake == nil)
    #expect(device.peers[1].endpoint?.description == "[2001:db8::1]:2")
    #expect(!String(reflecting: device).contains("165, 165"))
}

@Test func `boringtun's seconds since the handshake become its time`() throws {
    let device = try read(
        """
        own_public_key=\(twos)
        public_key=\(ones)
        last_handshake_time_sec=100
        last_handshake_time_nsec=500000000
        errno=0


        """)
    #expect(device.publicKey?.bytes == [UInt8](repeating: 0x22, count: 32))
    #expect(device.peers.first?.lastHandshake == UnixTime(seconds: 1_789_999_899, nanoseconds: 750_000_000))
}

@Test func `a peer that never shook hands has no such time`() throws {
    #expect(try read("public_key=\(ones)\nerrno=0\n\n").peers.first?.lastHandshake == nil)
}

@Test(arguments: [
    "", "\n", "errno=0\n", "public_key=\(ones)\n\n", "no separator\nerrno=0\n\n",
    "public_key=11\nerrno=0\n\n",
    "public_key=\(ones)\nrx_bytes=-1\nerrno=0\n\n", "public_key=\(ones)\nendpoint=nowhere\nerrno=0\n\n",
    "public_key=\(ones)\nallowed_ip=10.0.0.0/33\nerrno=0\n\n",
    "public_key=\(ones)\nlast_handshake_time_nsec=1000000000\nerrno=0\n\n",
    "public_key=\(ones)\nlast_handshake_time_sec=-9223372036854775808\nerrno=0\n\n",
    "listen_port=70000\nerrno=0\n\n", "x=\(String(repeating: "y", count: 500))\nerrno=0\n\n",
])
func `what is no answer of a userspace WireGuard is refused`(text: String) {
    #expect(throws: WireGuardProblem.self) { try read(text) }
}

@Test func `an error of the program is told as such`() throws {
    let name = try InterfaceName("wg0")
    #expect(throws: WireGuardProblem.system(name, operation: "get", errno: 5)) { try read("errno=-5\n\n") }
    #expect(throws: WireGuardProblem.self) { try read("errno=-2147483648\n\n") }
}

@Test func `an answer is complete at its empty line`() {
    func isComplete(_ text: String) -> Bool {
        Array(text.utf8).received { UserspaceReply.isComplete($0) }
    }
    #expect(isComplete("errno=0\n\n"))
    #expect(!isComplete("errno=0\n"))
    #expect(!isComplete(""))
}

@Test func `an elapsed time reaches back over a second's border, and never before the epoch`() throws {
    let time = try #require(UnixTime(seconds: 10, nanoseconds: 1))
    let elapsed = try #require(UnixTime(seconds: 3, nanoseconds: 2))
    #expect(time.before(elapsed) == UnixTime(seconds: 6, nanoseconds: 999_999_999))
    #expect(elapsed.before(time) == UnixTime(seconds: 0, nanoseconds: 0))
}
