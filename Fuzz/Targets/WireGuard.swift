import GateModel

@testable import WireGuardKernel

// What the kernel, a userspace WireGuard and the reader process say: any bytes are read or refused, and what is read
// is no longer than what was there.

/// One datagram, read as each of the three that we receive; its sequence and port count as ours.
func fuzzNetlink(_ bytes: UnsafeRawBufferPointer) {
    let datagram = WireBytes(bytes)
    var messages = NetlinkMessages(datagram)
    guard let first = try? messages.next() else { return }
    var exchange = NetlinkExchange(sequence: first.sequence, portID: first.portID, answerType: nil)
    var assembler = DeviceAssembler()
    try? exchange.take(datagram) { message throws(NetlinkFailure) in
        _ = try? FamilyReply.identifier(message)
        _ = try? LinkMessage(message)
        try assembler.take(message)
    }
    guard let device = try? assembler.assembled() else { return }
    let blocks = device.peers.reduce(0) { $0 + $1.allowedIPs.count }
    // A peer takes 36 bytes for its key alone, a block 24 at least.
    precondition(device.peers.count * 36 + blocks * 24 <= bytes.count, "more than was there")
    precondition((try? InterfaceName(device.name.text)) == device.name, "a name that is none")
}

func fuzzUserspace(_ bytes: UnsafeRawBufferPointer) {
    guard let name = try? InterfaceName("wg0"), let now = UnixTime(seconds: 1_790_000_000, nanoseconds: 0)
    else {
        return
    }
    guard let device = try? UserspaceReply.device(name, from: WireBytes(bytes), now: now) else { return }
    precondition(device.peers.count * 75 <= bytes.count, "more peers than lines for them")
    for peer in device.peers {
        if let time = peer.lastHandshake { precondition((0..<1_000_000_000).contains(time.nanoseconds)) }
    }
}

func fuzzSampleLine(_ bytes: UnsafeRawBufferPointer) {
    var lines = LineSplitter(maximumBytes: 512)
    var halves = LineSplitter(maximumBytes: 512)
    let all = Array(bytes)
    let whole = lines.take(all[...])
    let first = halves.take(all[..<(all.count / 2)])
    let second = first == nil ? nil : halves.take(all[(all.count / 2)...])
    if let whole, let first, let second {
        precondition(whole == first + second, "the lines depend on how their bytes arrive")
    }
    for line in whole ?? [] {
        guard let reading = SampleLine.reading(of: line), let again = SampleLine(reading).encoded else {
            continue
        }
        precondition(
            SampleLine.reading(of: Array(again.dropLast())) == reading, "a reading does not come back")
    }
}
