/// Builds netlink messages byte by byte, for the cases that are too long to write down.
enum NetlinkBytesBuilder {
    static func message(
        type: UInt16, flags: UInt16 = 0, sequence: UInt32 = 7, portID: UInt32 = 9, payload: [UInt8]
    ) -> [UInt8] {
        let length = UInt32(16 + payload.count)
        return padded(
            bytes(length) + bytes(type) + bytes(flags) + bytes(sequence) + bytes(portID) + payload)
    }

    static func attribute(_ type: UInt16, _ payload: [UInt8]) -> [UInt8] {
        padded(bytes(UInt16(4 + payload.count)) + bytes(type) + payload)
    }

    /// `WGPEER_A_ALLOWEDIPS` with blocks 10.x.y.0/24 for each number.
    static func allowedIPs(_ numbers: Range<Int>) -> [UInt8] {
        attribute(
            0x8009,
            numbers.flatMap { number in
                attribute(
                    0x8000,
                    attribute(1, bytes(UInt16(2)))
                        + attribute(2, [10, UInt8(number >> 8), UInt8(number & 0xff), 0]) + attribute(3, [24])
                )
            })
    }

    static func bytes<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        withUnsafeBytes(of: value) { Array($0) }
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
}
