internal import CMNL

/// The messages that answer one request, sorted out from everything else that arrives.
struct NetlinkExchange {
    let sequence: UInt32
    let portID: UInt32
    /// The type of the messages that carry the answer; nil for any that is not netlink's own.
    let answerType: UInt16?
    private(set) var isOver = false
    /// Whether the kernel said that what it tells changed while it told it.
    private(set) var isInterrupted = false

    init(sequence: UInt32, portID: UInt32, answerType: UInt16?) {
        self.sequence = sequence
        self.portID = portID
        self.answerType = answerType
    }

    /// Takes one datagram and hands out the messages that answer the request.
    ///
    /// Others are passed over: what is left of an earlier exchange that was given up.
    ///
    /// - Throws: `refused` for the kernel's own error, which ends the exchange; it may come as a message of its
    ///   own or in the closing one.
    mutating func take(
        _ datagram: WireBytes, message handle: (NetlinkMessage) throws(NetlinkFailure) -> Void
    ) throws(NetlinkFailure) {
        var messages = NetlinkMessages(datagram)
        while !isOver, let message = try messages.next() {
            guard message.sequence == sequence, message.portID == portID else { continue }
            if message.isInterrupted { isInterrupted = true }
            switch Int32(message.type) {
            case NLMSG_NOOP: continue
            case NLMSG_OVERRUN: throw .overrun
            case NLMSG_ERROR, NLMSG_DONE:
                isOver = true
                try check(message)
            default:
                guard answerType == nil || message.type == answerType else {
                    throw .garbled("a message of type \(message.type)")
                }
                if !message.isPartOfMany { isOver = true }
                try handle(message)
            }
        }
    }

    /// Both closing messages begin with 0 or a negative errno (netlink(7)).
    private func check(_ message: NetlinkMessage) throws(NetlinkFailure) {
        guard let code = message.payload.integer(as: Int32.self) else {
            throw .garbled("an end without result")
        }
        // `Int32.min` has no positive counterpart, and is no errno.
        guard code <= 0, code > -4096 else { throw .garbled("the error number \(code)") }
        if code < 0 { throw .refused(errno: -code) }
    }
}
