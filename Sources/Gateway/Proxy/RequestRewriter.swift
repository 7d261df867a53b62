import Identity
import NIOCore

// Writes the head that the app gets: the visitor's, byte for byte and in its order, without what stops here,
// and with what we alone say.

enum RequestRewriter {
    /// Writes the head of a request to the app.
    static func write(_ exchange: Exchange, into buffer: inout ByteBuffer) {
        let block = exchange.head.block
        block.withBytes { bytes in
            let slice = { (range: Range<Int>) in UnsafeRawBufferPointer(rebasing: bytes[range]) }
            buffer.writeBytes(slice(exchange.head.methodRange))
            buffer.writeStaticString(" ")
            buffer.writeBytes(slice(exchange.head.targetRange))
            buffer.writeStaticString(" HTTP/1.1\r\n")
            let nominated = ConnectionNominations(block)
            for field in block.fields {
                switch field.name {
                case .other, .host, .origin, .userAgent, .accept, .fetchMode, .webSocketKey,
                    .webSocketVersion,
                    .setCookie, .clearSiteData:
                    guard field.name != .other || !nominated.contains(slice(field.nameRange)) else {
                        continue
                    }
                    // Name, colon and value stand together: one copy.
                    buffer.writeBytes(slice(field.nameRange.lowerBound..<field.valueRange.upperBound))
                    buffer.writeStaticString("\r\n")
                // Written anew: the app's server may be choosier about blanks than we are.
                case .contentLength:
                    buffer.writeStaticString("Content-Length: ")
                    buffer.writeBytes(slice(field.valueRange))
                    buffer.writeStaticString("\r\n")
                case .transferEncoding:
                    buffer.writeStaticString("Transfer-Encoding: chunked\r\n")
                case .cookie:
                    CookieField.write(
                        slice(field.valueRange), without: exchange.state.cookies.names, into: &buffer)
                case .connection, .upgrade, .expect, .hopByHop, .reserved, .forwardedFor, .disguised:
                    continue
                }
            }
            writeOurs(exchange, bytes, into: &buffer)
        }
        buffer.writeStaticString("\r\n")
    }

    private static func writeOurs(
        _ exchange: Exchange, _ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) {
        writeField("X-Forwarded-For", exchange.visitorAddress, into: &buffer)
        writeField("X-Real-IP", exchange.visitorAddress, into: &buffer)
        writeField("X-Forwarded-Proto", exchange.state.publicScheme, into: &buffer)
        if let host = exchange.head.block.first(.host) {
            buffer.writeStaticString("X-Forwarded-Host: ")
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: bytes[host.valueRange]))
            buffer.writeStaticString("\r\n")
        }
        if exchange.state.sendsIdentityHeaders, let session = exchange.session {
            buffer.writeStaticString("X-Runegate-Authenticated: true\r\n")
            writeField("X-Runegate-User", session.user, into: &buffer)
            writeField("X-Forwarded-User", session.user, into: &buffer)
            writeField("X-Forwarded-Email", session.user, into: &buffer)
        }
        writeConnection(exchange, into: &buffer)
    }

    /// Our own `Connection`: none on a kept connection, `Upgrade` where the visitor asked for one.
    private static func writeConnection(_ exchange: Exchange, into buffer: inout ByteBuffer) {
        guard exchange.admission.upgrade != .none else { return }
        buffer.writeStaticString("Connection: Upgrade\r\n")
        for field in exchange.head.block.fields where field.name == .upgrade {
            writeField("Upgrade", exchange.head.block.string(field.valueRange), into: &buffer)
        }
    }

    static func writeField(_ name: StaticString, _ value: String, into buffer: inout ByteBuffer) {
        buffer.writeStaticString(name)
        buffer.writeStaticString(": ")
        buffer.writeString(value)
        buffer.writeStaticString("\r\n")
    }
}
