import GateModel
import Testing

@testable import WireGuardKernel

/// A device with one peer, in the kernel's order of attributes.
private let oneMessage = HexFixture(
    """
    nlmsghdr          58010000 2300 0200 07000000 09000000   # type 35, NLM_F_MULTI
    genlmsghdr        00 01 0000
    LISTEN_PORT       0600 0600 6cca 0000                    # 51820
    FWMARK            0800 0700 00000000
    IFINDEX           0800 0100 05000000
    IFNAME            0800 0200 77673000                     # wg0
    PRIVATE_KEY       2400 0300 \(key(0xaa))
    PUBLIC_KEY        2400 0400 \(key(0x11))
    PEERS             dc00 0880
    peer              d800 0080
    PUBLIC_KEY        2400 0100 \(key(0x22))
    PRESHARED_KEY     2400 0200 \(key(0xbb))
    LAST_HANDSHAKE    1400 0600 00e9b16a00000000 15cd5b0700000000
    KEEPALIVE         0600 0500 1900 0000                    # 25 s
    TX_BYTES          0c00 0800 0200000001000000
    RX_BYTES          0c00 0700 0101000000000000
    PROTOCOL_VERSION  0800 0a00 01000000
    sockaddr_in       1400 0400 0200 ca6c cb007105 0000000000000000
    ALLOWEDIPS        3c00 0980
    allowed_ip        1c00 0080
    FAMILY            0600 0100 0200 0000
    IPADDR            0800 0200 0a000002
    CIDR_MASK         0500 0300 20 000000
    allowed_ip        1c00 0080
    FAMILY            0600 0100 0200 0000
    IPADDR            0800 0200 c0a80000
    CIDR_MASK         0500 0300 10 000000
    """)

private func key(_ byte: UInt8) -> String {
    String(repeating: String(byte, radix: 16), count: 32)
}

private func assemble(_ messages: [[UInt8]]) throws(NetlinkFailure) -> WireGuardDevice {
    var assembler = DeviceAssembler()
    for bytes in messages {
        try bytes.received { datagram throws(NetlinkFailure) in
            var messages = NetlinkMessages(datagram)
            while let message = try messages.next() { try assembler.take(message) }
        }
    }
    return try assembler.assembled()
}

@Test func `a device is read in whatever order its attributes come`() throws {
    let device = try assemble([oneMessage.bytes])
    #expect(device.name.text == "wg0")
    #expect(device.listenPort == 51820)
    #expect(device.publicKey?.bytes == [UInt8](repeating: 0x11, count: 32))
    let peer = try #require(device.peers.first)
    #expect(device.peers.count == 1)
    #expect(peer.publicKey.bytes == [UInt8](repeating: 0x22, count: 32))
    #expect(peer.endpoint?.description == "203.0.113.5:51820")
    #expect(peer.lastHandshake == UnixTime(seconds: 1_790_044_416, nanoseconds: 123_456_789))
    #expect(peer.keepaliveSeconds == 25)
    #expect(peer.receivedBytes == 257)
    #expect(peer.sentBytes == 0x1_0000_0002)
    #expect(peer.protocolVersion == 1)
    #expect(peer.allowedIPs.map(\.description) == ["10.0.0.2/32", "192.168.0.0/16"])
}

@Test func `no secret key is in what was read, nor left in the buffer`() throws {
    let device = try assemble([oneMessage.bytes])
    let text = String(reflecting: device)
    #expect(!text.contains("170, 170") && !text.contains("187, 187"))

    let buffer = ReceiveBuffer(byteCount: 1024)
    let hasArrived = oneMessage.bytes.received(in: buffer) { (bytes: WireBytes) throws(Never) -> Bool in
        bytes.array.contains(0xaa)
    }
    #expect(hasArrived)
    #expect(buffer.leftovers.prefix(oneMessage.bytes.count).allSatisfy { $0 == 0 })
}

@Test func `a failed reading wipes the buffer, too`() throws {
    let buffer = ReceiveBuffer(byteCount: 64)
    let secret = [UInt8](repeating: 0xaa, count: 64)
    #expect(throws: NetlinkFailure.silent) {
        try secret.received(in: buffer) { (_: WireBytes) throws(NetlinkFailure) -> Void in throw .silent }
    }
    #expect(!buffer.leftovers.contains(0xaa))
    #expect(throws: NetlinkFailure.silent) {
        try buffer.receive(
            { (memory: UnsafeMutableRawBufferPointer) throws(NetlinkFailure) -> Int in
                memory.copyBytes(from: secret)
                throw .silent
            }, read: { (_: WireBytes) throws(NetlinkFailure) -> Void in })
    }
    #expect(!buffer.leftovers.contains(0xaa))
}

@Test func `a peer that goes on in further messages keeps its values and gets all its allowed IPs`() throws {
    typealias Build = NetlinkBytesBuilder
    let publicKey = [UInt8](repeating: 0x33, count: 32)
    let name = Build.attribute(2, Array("wg0\0".utf8))
    let received = Build.attribute(7, Build.bytes(UInt64(1234)))
    func message(_ device: [UInt8], _ peer: [UInt8]) -> [UInt8] {
        let peers = Build.attribute(0x8008, Build.attribute(0x8000, peer))
        return Build.message(type: 35, flags: 2, payload: [0, 1, 0, 0] + device + peers)
    }
    let key = Build.attribute(1, publicKey)
    let device = try assemble([
        message(name, key + received + Build.allowedIPs(0..<130)),
        message(name, key + Build.allowedIPs(130..<270)),
        message([], key + Build.allowedIPs(270..<300)),
        message([], Build.attribute(1, [UInt8](repeating: 0x44, count: 32)) + Build.allowedIPs(300..<301)),
    ])
    #expect(device.peers.count == 2)
    #expect(device.peers[0].receivedBytes == 1234)
    #expect(device.peers[0].allowedIPs.count == 300)
    #expect(device.peers[0].allowedIPs.last?.description == "10.1.43.0/24")
    #expect(device.peers[1].allowedIPs.count == 1)
}

@Test func `a message that is cut anywhere but between two attributes is refused`() throws {
    let whole = oneMessage.bytes
    var accepted: [Int] = []
    for count in 16..<whole.count {
        var part = Array(whole.prefix(count))
        // The header's length follows, so that what is inside is cut.
        part.replaceSubrange(0..<4, with: NetlinkBytesBuilder.bytes(UInt32(count)))
        if (try? assemble([part])) != nil { accepted.append(count) }
    }
    // Behind the name, the private key, and the public key.
    #expect(accepted == [52, 88, 124])
}

/// What makes an answer senseless, as a change to the good one.
private struct Damage: CustomStringConvertible, Sendable {
    var description: String
    /// The bytes to find, and what to put there instead.
    var find: [UInt8]
    var replacement: [UInt8]
}

@Test(arguments: [
    Damage(
        description: "an attribute shorter than its header", find: [8, 0, 7, 0], replacement: [3, 0, 7, 0]),
    Damage(
        description: "an attribute longer than the message", find: [8, 0, 7, 0],
        replacement: [0xff, 0xff, 7, 0]),
    Damage(description: "a family that is none", find: [6, 0, 1, 0, 2, 0], replacement: [6, 0, 1, 0, 9, 0]),
    Damage(
        description: "a prefix longer than the address", find: [5, 0, 3, 0, 0x20],
        replacement: [5, 0, 3, 0, 33]),
    Damage(
        description: "an endpoint whose family does not fit its length", find: [0x14, 0, 4, 0, 2, 0],
        replacement: [0x14, 0, 4, 0, 10, 0]),
    Damage(
        description: "nanoseconds beyond a second", find: [0x15, 0xcd, 0x5b, 7],
        replacement: [0xff, 0xff, 0xff, 0x7f]),
    Damage(
        description: "a name without end", find: [0x77, 0x67, 0x30, 0], replacement: [0x77, 0x67, 0x30, 0x31]),
    Damage(
        description: "a name with a slash", find: [0x77, 0x67, 0x30, 0], replacement: [0x77, 0x2f, 0x30, 0]),
    Damage(
        description: "another command", find: [0, 1, 0, 0, 6, 0, 6, 0], replacement: [1, 1, 0, 0, 6, 0, 6, 0]),
])
private func `an answer that makes no sense is refused`(damage: Damage) throws {
    var bytes = oneMessage.bytes
    let place = try #require(bytes.firstRange(of: damage.find))
    bytes.replaceSubrange(place, with: damage.replacement)
    #expect(throws: NetlinkFailure.self) { try assemble([bytes]) }
}

@Test func `IPv6, the old form of time, never, and what a later kernel adds are read`() throws {
    let fixture = HexFixture(
        """
        nlmsghdr          ac000000 2300 0200 07000000 09000000
        genlmsghdr        00 01 0000
        IFNAME            0800 0200 77673000
        unknown           0800 3f00 01020304
        PEERS             8800 0880
        peer              8400 0080
        sockaddr_in6      2000 0400 0a00 ca6c 00000000 20010db8000000000000000000000001 00000000
        LAST_HANDSHAKE    0c00 0600 01000000 02000000
        PUBLIC_KEY        2400 0100 \(key(0x22))
        ALLOWEDIPS        3000 0980
        allowed_ip        2c00 0080
        FAMILY            0600 0100 0a00 0000
        IPADDR            1400 0200 20010db8000000000000000000000000
        CIDR_MASK         0500 0300 20 000000
        flags             0400 0400
        """)
    let device = try assemble([fixture.bytes])
    let peer = try #require(device.peers.first)
    #expect(peer.endpoint?.description == "[2001:db8::1]:51820")
    #expect(peer.lastHandshake == UnixTime(seconds: 1, nanoseconds: 2))
    #expect(peer.allowedIPs.map(\.description) == ["2001:db8::/32"])
    #expect(device.publicKey == nil)
}
