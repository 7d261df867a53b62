// The field names that the edge acts upon, told apart once when a head is read.

/// What a header field means to the edge.
enum FieldName: UInt8 {
    /// Nothing: it is passed on as it is.
    case other
    case host, connection, contentLength, transferEncoding, upgrade, expect
    case cookie, setCookie, clearSiteData
    case origin, userAgent, accept, fetchMode
    case webSocketKey, webSocketVersion
    /// Hop-by-hop by definition (RFC 9110 §7.6.1, RFC 9112 §7.1.2, RFC 7540 §3.2.1), or by abuse (`Proxy`, which CGI turns
    /// into `HTTP_PROXY`).
    case hopByHop
    /// Who the visitor is or where he comes from: never from outside, only from us.
    case reserved
    case forwardedFor
    /// `Content_Length` and its like: no framing field, but some apps read it as one.
    case disguised

    /// - Parameter name: A valid token.
    init(_ name: UnsafeRawBufferPointer) {
        let direct = Self.plain(name)
        if direct != .other {
            self = direct
            return
        }
        guard name.contains(where: { !ByteClass.isAlphanumeric($0) && $0 != UInt8(ascii: "-") }) else {
            self = .other
            return
        }
        self = Self.variant(name)
    }

    private static func plain(_ name: UnsafeRawBufferPointer) -> FieldName {
        switch name.count {
        case 2: name.equalsIgnoringCase("te") ? .hopByHop : .other
        case 4: name.equalsIgnoringCase("host") ? .host : .other
        case 5: name.equalsIgnoringCase("proxy") ? .hopByHop : .other
        case 6: sixLetters(name)
        case 7:
            name.equalsIgnoringCase("upgrade")
                ? .upgrade : name.equalsIgnoringCase("trailer") ? .hopByHop : .other
        case 9:
            name.equalsIgnoringCase("forwarded") || name.equalsIgnoringCase("x-real-ip") ? .reserved : .other
        case 10: tenLetters(name)
        case 14:
            name.equalsIgnoringCase("content-length")
                ? .contentLength
                : name.equalsIgnoringCase("http2-settings")
                    ? .hopByHop : name.equalsIgnoringCase("sec-fetch-mode") ? .fetchMode : prefixed(name)
        case 15:
            name.equalsIgnoringCase("clear-site-data")
                ? .clearSiteData : name.equalsIgnoringCase("x-forwarded-for") ? .forwardedFor : prefixed(name)
        case 16: name.equalsIgnoringCase("proxy-connection") ? .hopByHop : prefixed(name)
        case 17:
            name.equalsIgnoringCase("transfer-encoding")
                ? .transferEncoding
                : name.equalsIgnoringCase("sec-websocket-key") ? .webSocketKey : prefixed(name)
        case 18: name.equalsIgnoringCase("proxy-authenticate") ? .hopByHop : prefixed(name)
        case 19: name.equalsIgnoringCase("proxy-authorization") ? .hopByHop : prefixed(name)
        case 21: name.equalsIgnoringCase("sec-websocket-version") ? .webSocketVersion : prefixed(name)
        default: prefixed(name)
        }
    }

    private static func sixLetters(_ name: UnsafeRawBufferPointer) -> FieldName {
        switch ByteClass.lowercased(name[0]) {
        case UInt8(ascii: "c"): name.equalsIgnoringCase("cookie") ? .cookie : .other
        case UInt8(ascii: "o"): name.equalsIgnoringCase("origin") ? .origin : .other
        case UInt8(ascii: "a"): name.equalsIgnoringCase("accept") ? .accept : .other
        case UInt8(ascii: "e"): name.equalsIgnoringCase("expect") ? .expect : .other
        default: .other
        }
    }

    private static func tenLetters(_ name: UnsafeRawBufferPointer) -> FieldName {
        switch ByteClass.lowercased(name[0]) {
        case UInt8(ascii: "c"): name.equalsIgnoringCase("connection") ? .connection : .other
        case UInt8(ascii: "k"): name.equalsIgnoringCase("keep-alive") ? .hopByHop : .other
        case UInt8(ascii: "s"): name.equalsIgnoringCase("set-cookie") ? .setCookie : .other
        case UInt8(ascii: "u"): name.equalsIgnoringCase("user-agent") ? .userAgent : .other
        default: .other
        }
    }

    /// The families that nobody but us may speak for.
    private static func prefixed(_ name: UnsafeRawBufferPointer) -> FieldName {
        guard name.count > 11, ByteClass.lowercased(name[0]) == UInt8(ascii: "x") else { return .other }
        return name.startsIgnoringCase("x-forwarded-") || name.startsIgnoringCase("x-runegate-")
            ? .reserved : .other
    }

    /// A name with `_`, `.` or another sign: CGI, WSGI and PHP turn those into one and the same character, so
    /// it may be read as the name with dashes (the normal form).
    private static func variant(_ name: UnsafeRawBufferPointer) -> FieldName {
        // Every name that matters is shorter; of a longer one only the family counts.
        let considered = UnsafeRawBufferPointer(rebasing: name.prefix(64))
        let normal = considered.map { ByteClass.isAlphanumeric($0) ? $0 : UInt8(ascii: "-") }
        switch normal.withUnsafeBytes(plain) {
        case .other, .userAgent, .accept, .fetchMode, .clearSiteData, .setCookie: return .other
        case .reserved, .forwardedFor: return .reserved
        case .host, .connection, .contentLength, .transferEncoding, .upgrade, .expect, .cookie, .origin,
            .webSocketKey, .webSocketVersion, .hopByHop, .disguised:
            return .disguised
        }
    }
}
