import NIOCore

// The `Connection` field of a request (RFC 9110 §7.6.1).

/// What a `Connection` field says, besides naming fields that go no further.
struct ConnectionOptions: Equatable {
    var close = false
    var keepAlive = false
    var upgrade = false

    /// - Throws: When it names a field that we set, or that decides about framing, host or identity: some
    ///   later hop would drop it.
    init(_ block: FieldBlock) throws(Refusal) {
        var options = (close: false, keepAlive: false, upgrade: false)
        var isForbidden = false
        block.forEachMember(of: .connection) { member in
            if member.equalsIgnoringCase("close") {
                options.close = true
            } else if member.equalsIgnoringCase("keep-alive") {
                options.keepAlive = true
            } else if member.equalsIgnoringCase("upgrade") {
                options.upgrade = true
            } else if !member.allSatisfy(ByteClass.token.contains) || !Self.mayBeNamed(FieldName(member)) {
                isForbidden = true
            }
        }
        if isForbidden { throw .badRequest("Connection names a field that must not be dropped") }
        (close, keepAlive, upgrade) = options
    }

    private static func mayBeNamed(_ name: FieldName) -> Bool {
        switch name {
        case .other, .hopByHop, .accept, .userAgent, .fetchMode, .clearSiteData, .setCookie: true
        case .host, .connection, .contentLength, .transferEncoding, .upgrade, .expect, .cookie, .origin,
            .webSocketKey, .webSocketVersion, .reserved, .forwardedFor, .disguised:
            false
        }
    }
}

extension UpgradeRequest {
    /// Reads the `Upgrade` field of a request whose `Connection` names it (RFC 9110 §7.8).
    ///
    /// - Throws: A WebSocket handshake that is none (RFC 6455 §4.2.1), or an upgrade with a body, whose end
    ///   two servers could see in different places.
    init(_ head: RequestHead, framing: BodyFraming) throws(Refusal) {
        var protocols = (count: 0, hasWebSocket: false, hasHTTP2: false)
        head.block.forEachMember(of: .upgrade) { member in
            protocols.count += 1
            if member.equalsIgnoringCase("websocket") { protocols.hasWebSocket = true }
            if member.startsIgnoringCase("h2") { protocols.hasHTTP2 = true }
        }
        // RFC 9110 §7.8: an upgrade may be ignored, and one in HTTP/1.0 must be.
        guard protocols.count > 0, !protocols.hasHTTP2, head.minorVersion == 1 else {
            self = .none
            return
        }
        guard framing == .none else { throw .badRequest("an upgrade with a body") }
        guard protocols.hasWebSocket else {
            self = .other
            return
        }
        guard protocols.count == 1, head.method == .get, Self.isHandshake(head.block) else {
            throw .badRequest("no WebSocket handshake")
        }
        self = .webSocket
    }

    /// Version 13 and a key of 16 bytes in base64, each once.
    private static func isHandshake(_ block: FieldBlock) -> Bool {
        guard block.count(of: .webSocketKey) == 1, block.count(of: .webSocketVersion) == 1,
            let key = block.first(.webSocketKey), let version = block.value(of: .webSocketVersion)
        else { return false }
        let isKey = block.withBytes { bytes in
            let text = bytes[key.valueRange]
            return text.count == 24 && text.suffix(2).elementsEqual("==".utf8)
                && text.dropLast(2).allSatisfy {
                    ByteClass.isAlphanumeric($0) || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/")
                }
        }
        return isKey && version == "13"
    }
}
