// Which fields of a message stop at us (RFC 9110 §7.6.1): the well-known ones by their meaning, and those that
// `Connection` names.

/// The field names that one message's `Connection` field lists.
struct ConnectionNominations {
    private let block: FieldBlock
    /// Whether there is anything besides `close`, `keep-alive` and `upgrade`; almost never.
    private let isEmpty: Bool

    init(_ block: FieldBlock) {
        self.block = block
        var isEmpty = true
        block.forEachMember(of: .connection) { member in
            if !member.equalsIgnoringCase("close"), !member.equalsIgnoringCase("keep-alive"),
                !member.equalsIgnoringCase("upgrade")
            {
                isEmpty = false
            }
        }
        self.isEmpty = isEmpty
    }

    func contains(_ name: UnsafeRawBufferPointer) -> Bool {
        guard !isEmpty else { return false }
        var isNamed = false
        block.forEachMember(of: .connection) { member in
            if member.count == name.count,
                zip(member, name).allSatisfy({ ByteClass.lowercased($0) == ByteClass.lowercased($1) })
            {
                isNamed = true
            }
        }
        return isNamed
    }
}
