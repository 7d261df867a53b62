import NIOCore

// A head as it stands on the wire, with the places of its parts. Nothing is copied out of it before somebody
// needs it: most fields are only passed on.

/// One field line: where its name and value lie in the head.
struct Field {
    var nameStart: UInt16
    var nameLength: UInt16
    var valueStart: UInt16
    var valueLength: UInt16
    var name: FieldName

    var nameRange: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }
    var valueRange: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueLength) }
}

/// The bytes of a head and the fields in them; holds on to the buffer it was read from.
struct FieldBlock {
    /// The whole head, start line and final empty line included.
    let bytes: ByteBuffer
    let fields: [Field]

    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeReadableBytes(body)
    }

    func string(_ range: Range<Int>) -> String {
        withBytes { String(decoding: $0[range], as: UTF8.self) }
    }

    /// Runs `body` on the value of a field.
    @inline(__always)
    func withValue<Result>(of field: Field, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
        -> Result
    {
        try withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[field.valueRange])) }
    }

    /// The first field of this meaning.
    func first(_ name: FieldName) -> Field? {
        for field in fields where field.name == name { return field }
        return nil
    }

    func value(of name: FieldName) -> String? {
        first(name).map { string($0.valueRange) }
    }

    func count(of name: FieldName) -> Int {
        var count = 0
        for field in fields where field.name == name { count += 1 }
        return count
    }

    /// Runs `body` on each comma-separated, trimmed, non-empty member of the fields of this meaning
    /// (RFC 9110 §5.6.1).
    func forEachMember(of name: FieldName, _ body: (UnsafeRawBufferPointer) -> Void) {
        withBytes { bytes in
            for field in fields where field.name == name {
                var start = Int(field.valueStart)
                let end = field.valueRange.upperBound
                while start <= end {
                    var stop = start
                    while stop < end, bytes[stop] != UInt8(ascii: ",") { stop += 1 }
                    let member = UnsafeRawBufferPointer(rebasing: bytes[start..<stop]).trimmingBlanks
                    if !member.isEmpty { body(member) }
                    start = stop + 1
                }
            }
        }
    }
}

/// A request's head.
struct RequestHead {
    /// Those methods that the edge treats in a way of their own.
    enum Method: UInt8 {
        case get, head, options, post, connect, trace, other
    }

    let method: Method
    let methodRange: Range<Int>
    /// The target as the app gets it: the origin form.
    var targetRange: Range<Int>
    /// The authority of an absolute-form target (RFC 9112 §3.2.2), which must agree with `Host`.
    let targetAuthority: Range<Int>?
    /// HTTP/1.0 or 1.1.
    let minorVersion: UInt8
    let block: FieldBlock

    /// The path before the `?`.
    var pathRange: Range<Int> {
        block.withBytes { bytes in
            let end = bytes[targetRange].firstIndex(of: UInt8(ascii: "?")) ?? targetRange.upperBound
            return targetRange.lowerBound..<end
        }
    }

    var methodText: String { block.string(methodRange) }
    var target: String { block.string(targetRange) }
    var path: String { block.string(pathRange) }

    /// The query without its `?`; nil when there is no `?`.
    var query: String? {
        let path = pathRange
        return path.upperBound < targetRange.upperBound
            ? block.string(path.upperBound + 1..<targetRange.upperBound) : nil
    }
}

/// A response's head.
struct ResponseHead {
    let status: Int
    let reasonRange: Range<Int>
    let minorVersion: UInt8
    let block: FieldBlock
}

/// How the end of a body is told (RFC 9112 §6).
enum BodyFraming: Equatable {
    case none
    case length(UInt64)
    case chunked
    /// To the end of the connection; responses only.
    case untilClose
}
