// Reading and writing the few fixed layouts of the join: no length that lies is believed.

/// Bytes that are taken from the front, each piece only if all of it is there.
struct OctetReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) {
        rest = Array(bytes)[...]
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The next `count` bytes; nil when fewer are left.
    mutating func take(_ count: Int) -> [UInt8]? {
        guard count >= 0, rest.count >= count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    /// The next integer, in network order.
    mutating func take<Value: FixedWidthInteger>(_ type: Value.Type) -> Value? {
        take(Value.bitWidth / 8).map { $0.reduce(0) { $0 << 8 | Value(truncatingIfNeeded: $1) } }
    }

    /// All that is left.
    mutating func takeRest() -> [UInt8] {
        defer { rest = [] }
        return Array(rest)
    }
}

extension FixedWidthInteger {
    /// Its bytes in network order.
    var octets: [UInt8] {
        (0..<Self.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> ($0 * 8)) }
    }
}
