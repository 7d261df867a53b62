internal import CMNL

/// One attribute of a message (`struct nlattr` in linux/netlink.h): a type and some bytes, which may be
/// attributes again.
struct NetlinkAttribute {
    /// Without the flags for nesting and byte order (`NLA_TYPE_MASK`).
    let type: UInt32
    let payload: WireBytes

    static let headerBytes = 4
    private static let typeMask: UInt16 = 0x3fff

    /// The next multiple of 4 (`NLA_ALIGN`, `NLMSG_ALIGN`).
    static func aligned(_ count: Int) -> Int { (count + 3) & ~3 }

    fileprivate init(type: UInt16, payload: WireBytes) {
        self.type = UInt32(type & Self.typeMask)
        self.payload = payload
    }

    /// The payload as one integer of exactly that size, in the machine's byte order.
    func integer<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type = Value.self
    ) throws(NetlinkFailure) -> Value {
        guard payload.count == MemoryLayout<Value>.size, let value = payload.integer(as: Value.self) else {
            throw .garbled("an attribute of \(payload.count) bytes, not \(MemoryLayout<Value>.size)")
        }
        return value
    }

    /// The payload as text, up to its NUL.
    func text() throws(NetlinkFailure) -> String {
        guard let end = payload.firstIndex(of: 0), let text = payload.slice(from: 0, count: end) else {
            throw .garbled("a text without end")
        }
        return text.text
    }
}

/// The attributes in a stretch of bytes, in order.
struct NetlinkAttributes {
    private var rest: WireBytes

    init(_ bytes: WireBytes) {
        rest = bytes
    }

    /// The next attribute; nil at the end.
    ///
    /// - Throws: `garbled` when a length does not fit what is there.
    mutating func next() throws(NetlinkFailure) -> NetlinkAttribute? {
        guard !rest.isEmpty else { return nil }
        guard let length = rest.integer(at: 0, as: UInt16.self),
            let type = rest.integer(at: 2, as: UInt16.self),
            let payload = rest.slice(
                from: NetlinkAttribute.headerBytes, count: Int(length) - NetlinkAttribute.headerBytes)
        else { throw .garbled("an attribute's length") }
        // The last one may come without its padding.
        rest =
            rest.slice(from: NetlinkAttribute.aligned(Int(length))) ?? WireBytes(.init(start: nil, count: 0))
        return NetlinkAttribute(type: type, payload: payload)
    }
}
