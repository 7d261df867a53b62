import NIOCore

// Writes the head that the visitor gets: the app's, byte for byte and in its order, without what stops here,
// without our cookies, and framed by us.

enum ResponseRewriter {
    /// What the visitor is told about the body and the connection.
    struct Frame: Equatable {
        var framing: AnswerFraming
        /// A length that replaces the app's: of an answer that was held together.
        var knownLength: Int?
        var isPersistent: Bool
    }

    /// How a body that reaches us in `framing` is passed on.
    static func frame(_ exchange: Exchange, framing: BodyFraming, isPersistent: Bool) -> Frame {
        switch framing {
        case .none: Frame(framing: .none, isPersistent: isPersistent)
        case .length: Frame(framing: .length, isPersistent: isPersistent)
        case .chunked, .untilClose:
            exchange.head.minorVersion == 1
                ? Frame(framing: .chunked, isPersistent: isPersistent)
                : Frame(framing: .untilClose, isPersistent: false)
        }
    }

    static func write(
        _ head: ResponseHead, _ exchange: Exchange, _ frame: Frame, into buffer: inout ByteBuffer
    ) {
        let block = head.block
        block.withBytes { bytes in
            let slice = { (range: Range<Int>) in UnsafeRawBufferPointer(rebasing: bytes[range]) }
            buffer.writeStaticString("HTTP/1.1 ")
            buffer.writeBytes(slice(StatusLine.statusRange))
            buffer.writeStaticString(" ")
            buffer.writeBytes(slice(head.reasonRange))
            buffer.writeStaticString("\r\n")
            let nominated = ConnectionNominations(block)
            for field in block.fields where passes(field, head, exchange, frame) {
                guard field.name != .other || !nominated.contains(slice(field.nameRange)) else { continue }
                buffer.writeBytes(slice(field.nameRange.lowerBound..<field.valueRange.upperBound))
                buffer.writeStaticString("\r\n")
            }
        }
        writeOurs(head, exchange, frame, into: &buffer)
        buffer.writeStaticString("\r\n")
    }

    private static func passes(
        _ field: Field, _ head: ResponseHead, _ exchange: Exchange, _ frame: Frame
    ) -> Bool {
        switch field.name {
        case .connection, .transferEncoding, .hopByHop: false
        case .upgrade: head.status == 101
        // A 204 has no body whose length could be told (RFC 9110 §8.6).
        case .contentLength: head.status != 204 && frame.knownLength == nil
        case .setCookie: !head.block.withValue(of: field, exchange.state.cookies.setsOurs)
        case .clearSiteData: !SiteCookies.clearsCookies(head.block.string(field.valueRange))
        case .other, .host, .expect, .cookie, .origin, .userAgent, .accept, .fetchMode, .webSocketKey,
            .webSocketVersion, .reserved, .forwardedFor, .disguised:
            true
        }
    }

    private static func writeOurs(
        _ head: ResponseHead, _ exchange: Exchange, _ frame: Frame, into buffer: inout ByteBuffer
    ) {
        if let cookie = exchange.reissuedCookie {
            let value = exchange.state.cookies.session(cookie, expiresIn: exchange.state.sessionLifetime)
            RequestRewriter.writeField("Set-Cookie", value, into: &buffer)
        }
        if head.status == 101 {
            buffer.writeStaticString("Connection: Upgrade\r\n")
            return
        }
        if let length = frame.knownLength {
            buffer.writeStaticString("Content-Length: ")
            buffer.writeString("\(length)")
            buffer.writeStaticString("\r\n")
        } else if frame.framing == .chunked {
            buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
        }
        writeConnection(isPersistent: frame.isPersistent, to: exchange.head, into: &buffer)
    }

    /// `close`, or for an HTTP/1.0 client that asked for it `keep-alive` (RFC 9112 §9.3).
    static func writeConnection(isPersistent: Bool, to head: RequestHead?, into buffer: inout ByteBuffer) {
        if !isPersistent {
            buffer.writeStaticString("Connection: close\r\n")
        } else if head?.minorVersion == 0 {
            buffer.writeStaticString("Connection: keep-alive\r\n")
        }
    }
}
