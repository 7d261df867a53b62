import GateModel
import Testing

@testable import WireGuardKernel

private typealias Build = NetlinkBytesBuilder

/// Feeds datagrams to an exchange with sequence 7 and port 9, for answers of type 35.
///
/// - Returns: The payload of each message that was handed out.
private func run(
    _ datagrams: [UInt8]..., isOver: Bool = true, isInterrupted: Bool = false
) throws(NetlinkFailure) -> [[UInt8]] {
    var exchange = NetlinkExchange(sequence: 7, portID: 9, answerType: 35)
    var payloads: [[UInt8]] = []
    for datagram in datagrams {
        try datagram.received { bytes throws(NetlinkFailure) in
            try exchange.take(bytes) { message in payloads.append(message.payload.array) }
        }
    }
    #expect(exchange.isOver == isOver)
    #expect(exchange.isInterrupted == isInterrupted)
    return payloads
}

private let done = Build.message(type: 3, flags: 2, payload: Build.bytes(Int32(0)))

@Test func `messages up to the closing one are the answer, over several datagrams`() throws {
    let first = Build.message(type: 35, flags: 2, payload: [1, 2, 3, 4])
    let second = Build.message(type: 35, flags: 2, payload: [5, 6, 7, 8])
    #expect(try run(first, second + done) == [[1, 2, 3, 4], [5, 6, 7, 8]])
    #expect(try run(first, isOver: false) == [[1, 2, 3, 4]])
}

@Test func `a message that is not one of many is the whole answer`() throws {
    #expect(try run(Build.message(type: 35, payload: [1, 0, 0, 0])) == [[1, 0, 0, 0]])
}

@Test func `an acknowledgement ends the exchange`() throws {
    #expect(try run(Build.message(type: 2, payload: Build.bytes(Int32(0)))).isEmpty)
}

@Test(arguments: [UInt16(2), 3])
func `an error is the kernel's, whichever way it comes`(type: UInt16) {
    #expect(throws: NetlinkFailure.refused(errno: 19)) {
        try run(Build.message(type: type, payload: Build.bytes(Int32(-19))))
    }
}

@Test func `answers to other requests and to others are passed over`() throws {
    let stale = Build.message(type: 35, flags: 2, sequence: 6, payload: [1, 1, 1, 1])
    let foreign = Build.message(type: 35, flags: 2, portID: 8, payload: [2, 2, 2, 2])
    let staleError = Build.message(type: 2, sequence: 6, payload: Build.bytes(Int32(-1)))
    let mine = Build.message(type: 35, flags: 2, payload: [3, 3, 3, 3])
    #expect(try run(stale + foreign + staleError + mine + done) == [[3, 3, 3, 3]])
}

@Test func `a change under way is noticed on any message`() throws {
    let first = Build.message(type: 35, flags: 2, payload: [])
    _ = try run(
        first, Build.message(type: 3, flags: 0x12, payload: Build.bytes(Int32(0))), isInterrupted: true)
    _ = try run(Build.message(type: 35, flags: 0x12, payload: []), done, isInterrupted: true)
}

@Test func `lost messages are told`() {
    #expect(throws: NetlinkFailure.overrun) { try run(Build.message(type: 4, payload: [])) }
}

@Test(arguments: [
    [UInt8](repeating: 0, count: 16),  // a length of 0
    [15, 0, 0, 0] + [UInt8](repeating: 0, count: 12),
    [17, 0, 0, 0] + [UInt8](repeating: 0, count: 12),
    [0xff, 0xff, 0xff, 0xff] + [UInt8](repeating: 0xff, count: 12),
    [16, 0, 0],
    NetlinkBytesBuilder.message(type: 2, payload: []),  // no result
    NetlinkBytesBuilder.message(type: 3, payload: NetlinkBytesBuilder.bytes(Int32.min)),
    NetlinkBytesBuilder.message(type: 3, payload: NetlinkBytesBuilder.bytes(Int32(1))),
    NetlinkBytesBuilder.message(type: 36, payload: []),  // another type
])
func `what is no answer is refused`(datagram: [UInt8]) {
    #expect(throws: NetlinkFailure.self) { try run(datagram, isOver: false) }
}

@Test func `a family's number is found`() throws {
    let fixture = HexFixture(
        """
        nlmsghdr     2c000000 1000 0000 07000000 09000000
        genlmsghdr   01 02 0000
        FAMILY_NAME  0e00 0200 776972656775617264 00 0000
        FAMILY_ID    0600 0100 2300 0000
        """)
    let number = try fixture.bytes.received { datagram throws(NetlinkFailure) -> UInt16? in
        var messages = NetlinkMessages(datagram)
        guard let message = try messages.next() else { return nil }
        return try FamilyReply.identifier(message)
    }
    #expect(number == 35)
}

@Test func `requests are what the kernel expects`() throws {
    let name = try InterfaceName("wg0")
    #expect(
        NetlinkRequest.family(named: "wireguard", sequence: 1).bytes
            == HexFixture(
                """
                nlmsghdr     24000000 1000 0100 01000000 00000000
                genlmsghdr   03 01 0000
                FAMILY_NAME  0e00 0200 776972656775617264 00 0000
                """
            ).bytes)
    #expect(
        NetlinkRequest.device(name, family: 35, sequence: 2).bytes
            == HexFixture(
                """
                nlmsghdr    1c000000 2300 0103 02000000 00000000
                genlmsghdr  00 01 0000
                IFNAME      0800 0200 77673000
                """
            ).bytes)
    #expect(
        NetlinkRequest.link(name, sequence: 3).bytes
            == HexFixture(
                """
                nlmsghdr   28000000 1200 0100 03000000 00000000
                ifinfomsg  00000000 00000000 00000000 00000000
                IFNAME     0800 0300 77673000
                """
            ).bytes)
}

@Test(arguments: ["", ".", "..", "a/b", "a b", "wg:0", "sixteen-bytes-xx", "wg\n", "wg\0"])
func `what no interface can be called is refused`(name: String) {
    #expect(throws: Malformed.self) { try InterfaceName(name) }
}

@Test(arguments: [
    (NetlinkFailure.refused(errno: 1), "wireguard-no-permission", "runegate-wireguard.socket"),
    (.refused(errno: 19), "wireguard-no-interface", "wg-quick@wg0"),
    (.refused(errno: 95), "wireguard-other-interface", "RUNEGATE_WIREGUARD_INTERFACE"),
    (.refused(errno: 2), "wireguard-no-module", "modprobe wireguard"),
    (.refused(errno: 105), "wireguard-overrun", "again"),
    (.refused(errno: 12), "wireguard-unreadable", "journalctl"),
    (.system(operation: "socket", errno: 97), "wireguard-unreadable", "journalctl"),
    (.overrun, "wireguard-overrun", "again"),
    (.silent, "wireguard-silent", "wg show wg0"),
    (.garbled("an attribute's length"), "wireguard-garbled", "uname -r"),
])
func `each failure says what to do`(failure: NetlinkFailure, code: String, hint: String) throws {
    let fault = WireGuardProblem(failure, of: try InterfaceName("wg0")).fault
    #expect(fault.code == code)
    #expect(fault.remedy.contains(hint))
}
