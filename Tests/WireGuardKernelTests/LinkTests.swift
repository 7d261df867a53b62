import Testing

@testable import WireGuardKernel

/// A link message with index 5 and the name wg0.
private func linkMessage(type: UInt16 = 16, family: UInt8 = 0, flags: UInt32 = 0x1091) -> [UInt8] {
    typealias Build = NetlinkBytesBuilder
    let header: [UInt8] =
        [family, 0, 0xfe, 0xff] + Build.bytes(Int32(5)) + Build.bytes(flags) + Build.bytes(UInt32.max)
    return Build.message(
        type: type, sequence: 0, portID: 0,
        payload: header + Build.attribute(3, Array("wg0\0".utf8))
            + Build.attribute(13, Build.bytes(UInt32(1000))))
}

private func parse(_ datagram: [UInt8]) throws(NetlinkFailure) -> LinkMessage? {
    try datagram.received { bytes throws(NetlinkFailure) in
        var messages = NetlinkMessages(bytes)
        guard let message = try messages.next() else { return nil }
        return try LinkMessage(message)
    }
}

@Test func `a link message tells name, number and whether it is up`() throws {
    #expect(try parse(linkMessage()) == LinkMessage(exists: true, index: 5, isUp: true, name: "wg0"))
    #expect(try parse(linkMessage(flags: 0x90))?.isUp == false)
    #expect(try parse(linkMessage(type: 17))?.exists == false)
}

@Test func `messages about addresses and bridge ports are not about links`() throws {
    #expect(try parse(linkMessage(type: 20)) == nil)
    #expect(try parse(linkMessage(type: 17, family: 7)) == nil)
}

@Test func `a link message that is cut is refused`() {
    #expect(throws: NetlinkFailure.self) {
        try parse(NetlinkBytesBuilder.message(type: 16, payload: [0, 0, 0, 0, 5, 0, 0, 0]))
    }
}

@Test func `a link appears, goes up and down, and goes`() throws {
    var link = WatchedLink(name: try InterfaceName("wg0"))
    func isChanged(by index: Int32, _ name: String, exists: Bool = true, isUp: Bool = false) -> Bool {
        link.take(LinkMessage(exists: exists, index: index, isUp: isUp, name: name))
    }
    #expect(!isChanged(by: 4, "eth0", isUp: true))
    #expect(!link.exists)
    #expect(isChanged(by: 5, "wg0"))
    #expect(link.exists && !link.isUp)
    #expect(isChanged(by: 5, "wg0", isUp: true))
    #expect(link.isUp)
    #expect(!isChanged(by: 5, "wg0", isUp: true))
    #expect(!isChanged(by: 4, "eth0", exists: false))
    #expect(isChanged(by: 5, "wg0"))
    #expect(!link.isUp)
    #expect(isChanged(by: 5, "wg0", exists: false))
    #expect(!link.exists)
    // Made again under another number; then it gets another name.
    #expect(isChanged(by: 6, "wg0", isUp: true))
    #expect(isChanged(by: 6, "old", isUp: true))
    #expect(!link.exists && !link.isUp)
}
