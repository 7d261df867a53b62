internal import CMNL

/// The answer to `CTRL_CMD_GETFAMILY`: under which number the kernel speaks a family.
enum FamilyReply {
    /// The fixed part before the attributes (`struct genlmsghdr`).
    static let genericHeaderBytes = 4

    static func identifier(_ message: NetlinkMessage) throws(NetlinkFailure) -> UInt16 {
        guard let body = message.payload.slice(from: genericHeaderBytes) else {
            throw .garbled("a generic message without header")
        }
        var attributes = NetlinkAttributes(body)
        while let attribute = try attributes.next() {
            if attribute.type == UInt32(CTRL_ATTR_FAMILY_ID) { return try attribute.integer() }
        }
        throw .garbled("a family without number")
    }
}
