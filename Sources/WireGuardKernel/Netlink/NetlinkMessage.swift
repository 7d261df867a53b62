internal import CMNL

/// One message of a datagram (`struct nlmsghdr` in linux/netlink.h).
struct NetlinkMessage {
    let type: UInt16
    let flags: UInt16
    let sequence: UInt32
    let portID: UInt32
    let payload: WireBytes

    static let headerBytes = 16

    /// One of several that belong together; `NLMSG_DONE` ends them.
    var isPartOfMany: Bool { flags & UInt16(NLM_F_MULTI) != 0 }
    /// What is told changed while it was told.
    var isInterrupted: Bool { flags & UInt16(NLM_F_DUMP_INTR) != 0 }
}

/// The messages of one datagram, in order.
struct NetlinkMessages {
    private var rest: WireBytes

    init(_ datagram: WireBytes) {
        rest = datagram
    }

    /// The next message; nil at the end.
    ///
    /// - Throws: `garbled` when a length does not fit what is there.
    mutating func next() throws(NetlinkFailure) -> NetlinkMessage? {
        guard !rest.isEmpty else { return nil }
        guard let length = rest.integer(at: 0, as: UInt32.self),
            let type = rest.integer(at: 4, as: UInt16.self),
            let flags = rest.integer(at: 6, as: UInt16.self),
            let sequence = rest.integer(at: 8, as: UInt32.self),
            let portID = rest.integer(at: 12, as: UInt32.self),
            let payload = rest.slice(
                from: NetlinkMessage.headerBytes, count: Int(length) - NetlinkMessage.headerBytes)
        else { throw .garbled("a message's length") }
        rest =
            rest.slice(from: NetlinkAttribute.aligned(Int(length))) ?? WireBytes(.init(start: nil, count: 0))
        return NetlinkMessage(
            type: type, flags: flags, sequence: sequence, portID: portID, payload: payload)
    }
}
