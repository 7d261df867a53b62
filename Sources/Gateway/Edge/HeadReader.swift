import NIOCore

// Reads a complete head, strictly: what one HTTP implementation could read otherwise than another is no head
// (RFC 9112; docs/decisions tells why it is read here and not by a general parser).

/// Why bytes are no head that we take.
enum HeadError: Error, Equatable {
    case malformed
    /// Neither HTTP/1.0 nor HTTP/1.1.
    case version
    case targetTooLong
    case tooManyFields
}

enum HeadReader {
    /// Reads a request's head from exactly its bytes, as ``HeadScanner`` delimited them.
    static func request(_ buffer: ByteBuffer, limits: EdgeLimits) throws(HeadError) -> RequestHead {
        let parsed = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(HeadError) in
                let line = try RequestLine(bytes, limits: limits)
                let fields = try readFields(bytes, from: line.end, limit: limits.requestFields)
                return (line, fields)
            }
        }
        let (line, fields) = try parsed.get()
        return RequestHead(
            method: line.method, methodRange: line.methodRange, targetRange: line.targetRange,
            targetAuthority: line.authority, minorVersion: line.minorVersion,
            block: FieldBlock(bytes: buffer, fields: fields))
    }

    /// Reads a response's head from exactly its bytes.
    static func response(_ buffer: ByteBuffer, limits: EdgeLimits) throws(HeadError) -> ResponseHead {
        let parsed = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(HeadError) in
                let line = try StatusLine(bytes)
                let fields = try readFields(bytes, from: line.end, limit: limits.responseFields)
                return (line, fields)
            }
        }
        let (line, fields) = try parsed.get()
        return ResponseHead(
            status: line.status, reasonRange: line.reasonRange, minorVersion: line.minorVersion,
            block: FieldBlock(bytes: buffer, fields: fields))
    }

    /// Reads the field lines and the empty line at the end (RFC 9112 §5): no folding, no blank before the colon,
    /// no control characters.
    private static func readFields(
        _ bytes: UnsafeRawBufferPointer, from start: Int, limit: Int
    ) throws(HeadError) -> [Field] {
        var fields: [Field] = []
        fields.reserveCapacity(24)
        var index = start
        let end = bytes.count - 2
        while index < end {
            guard fields.count < limit else { throw .tooManyFields }
            let nameStart = index
            while index < end, ByteClass.token.contains(bytes[index]) { index += 1 }
            let nameEnd = index
            guard nameEnd > nameStart, index < end, bytes[index] == UInt8(ascii: ":") else {
                throw .malformed
            }
            index += 1
            while index < end, ByteClass.isBlank(bytes[index]) { index += 1 }
            let valueStart = index
            index = endOfValue(bytes, from: index, to: end)
            var valueEnd = index
            // The head ends with CR LF CR LF, so there are two bytes behind every `index` below `end`.
            guard index < end, bytes[index] == 0x0d, bytes[index + 1] == 0x0a else { throw .malformed }
            index += 2
            while valueEnd > valueStart, ByteClass.isBlank(bytes[valueEnd - 1]) { valueEnd -= 1 }
            fields.append(
                Field(
                    nameStart: UInt16(nameStart), nameLength: UInt16(nameEnd - nameStart),
                    valueStart: UInt16(valueStart), valueLength: UInt16(valueEnd - valueStart),
                    name: FieldName(UnsafeRawBufferPointer(rebasing: bytes[nameStart..<nameEnd]))))
        }
        guard index == end, bytes[index] == 0x0d, bytes[index + 1] == 0x0a else { throw .malformed }
        return fields
    }

    /// Where the first byte stands that may not be in a value, or `end`: eight at a time while that is easy.
    @inline(__always)
    private static func endOfValue(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) -> Int {
        var index = start
        while index + 8 <= end,
            ByteClass.areFieldValue(bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        {
            index += 8
        }
        while index < end, ByteClass.fieldValue.contains(bytes[index]) { index += 1 }
        return index
    }
}
