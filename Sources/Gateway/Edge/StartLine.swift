// The first line of a message (RFC 9112 §3 and §4).

/// `method SP target SP HTTP/1.x CRLF`, with single spaces.
struct RequestLine {
    let method: RequestHead.Method
    let methodRange: Range<Int>
    let targetRange: Range<Int>
    let authority: Range<Int>?
    let minorVersion: UInt8
    /// Where the field lines begin.
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer, limits: EdgeLimits) throws(HeadError) {
        var index = 0
        while index < bytes.count, ByteClass.token.contains(bytes[index]) { index += 1 }
        guard (1...32).contains(index), bytes[index] == UInt8(ascii: " ") else { throw .malformed }
        methodRange = 0..<index
        method = Self.method(UnsafeRawBufferPointer(rebasing: bytes[0..<index]))
        index += 1
        let targetStart = index
        while index < bytes.count, ByteClass.target.contains(bytes[index]) { index += 1 }
        let whole = targetStart..<index
        guard !whole.isEmpty, index < bytes.count, bytes[index] == UInt8(ascii: " ") else { throw .malformed }
        guard whole.count <= limits.requestTargetBytes else { throw .targetTooLong }
        minorVersion = try HTTPVersionText.minor(bytes, at: index + 1)
        let lineEnd = index + 1 + HTTPVersionText.length
        guard lineEnd + 1 < bytes.count, bytes[lineEnd] == 0x0d, bytes[lineEnd + 1] == 0x0a else {
            throw .malformed
        }
        end = lineEnd + 2
        (targetRange, authority) = try Self.originForm(bytes, whole)
    }

    /// The origin form, and the authority of an absolute form (RFC 9112 §3.2.2).
    ///
    /// The asterisk and authority forms mean a server or a tunnel, not a page: nothing of ours.
    private static func originForm(
        _ bytes: UnsafeRawBufferPointer, _ whole: Range<Int>
    ) throws(HeadError) -> (target: Range<Int>, authority: Range<Int>?) {
        if bytes[whole.lowerBound] == UInt8(ascii: "/") { return (whole, nil) }
        let text = UnsafeRawBufferPointer(rebasing: bytes[whole])
        let schemeLength =
            text.startsIgnoringCase("http://") ? 7 : text.startsIgnoringCase("https://") ? 8 : 0
        guard schemeLength > 0 else { throw .malformed }
        let start = whole.lowerBound + schemeLength
        // Without a path there is no byte for the "/" that would have to be sent on; nobody sends that.
        guard let slash = bytes[start..<whole.upperBound].firstIndex(of: UInt8(ascii: "/")), slash > start
        else {
            throw .malformed
        }
        guard !bytes[start..<slash].contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "@") })
        else {
            throw .malformed
        }
        return (slash..<whole.upperBound, start..<slash)
    }

    /// Methods are case-sensitive (RFC 9110 §9.1).
    private static func method(_ name: UnsafeRawBufferPointer) -> RequestHead.Method {
        func matches(_ text: StaticString) -> Bool {
            name.count == text.utf8CodeUnitCount
                && name.elementsEqual(
                    UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
        switch name.count {
        case 3: return matches("GET") ? .get : .other
        case 4: return matches("POST") ? .post : matches("HEAD") ? .head : .other
        case 5: return matches("TRACE") ? .trace : .other
        case 7: return matches("OPTIONS") ? .options : matches("CONNECT") ? .connect : .other
        default: return .other
        }
    }
}

/// `HTTP/1.x SP status SP reason CRLF`; the reason, and the space before it, may be missing.
struct StatusLine {
    /// Where the three digits stand.
    static let statusRange = HTTPVersionText.length + 1..<HTTPVersionText.length + 4

    let status: Int
    let reasonRange: Range<Int>
    let minorVersion: UInt8
    let end: Int

    init(_ bytes: UnsafeRawBufferPointer) throws(HeadError) {
        minorVersion = try HTTPVersionText.minor(bytes, at: 0)
        let digits = HTTPVersionText.length + 1
        guard bytes.count > digits + 4, bytes[digits - 1] == UInt8(ascii: " "),
            bytes[digits..<digits + 3].allSatisfy(ByteClass.isDigit)
        else { throw .malformed }
        status = bytes[digits..<digits + 3].reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard status >= 100 else { throw .malformed }
        var index = digits + 3
        if bytes[index] == UInt8(ascii: " ") { index += 1 }
        let reasonStart = index
        while index < bytes.count, ByteClass.fieldValue.contains(bytes[index]) { index += 1 }
        reasonRange = reasonStart..<index
        guard reasonStart > digits + 3 || reasonRange.isEmpty, index + 1 < bytes.count, bytes[index] == 0x0d,
            bytes[index + 1] == 0x0a
        else { throw .malformed }
        end = index + 2
    }
}

/// `HTTP/1.0` or `HTTP/1.1` (RFC 9112 §2.3).
enum HTTPVersionText {
    static let length = 8

    static func minor(_ bytes: UnsafeRawBufferPointer, at index: Int) throws(HeadError) -> UInt8 {
        let name: StaticString = "HTTP/"
        guard bytes.count >= index + length else { throw .malformed }
        for offset in 0..<5 where bytes[index + offset] != name.utf8Start[offset] { throw .malformed }
        guard ByteClass.isDigit(bytes[index + 5]), bytes[index + 6] == UInt8(ascii: "."),
            ByteClass.isDigit(bytes[index + 7])
        else { throw .malformed }
        let minor = bytes[index + 7] - 0x30
        guard bytes[index + 5] == UInt8(ascii: "1"), minor <= 1 else { throw .version }
        return minor
    }
}
