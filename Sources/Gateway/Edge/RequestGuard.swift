import Identity

// Decides from a head alone whether a request may go on: what is ambiguous in framing, host, target or headers
// ends here. Pure: bytes in, verdict out.

/// Why a request is refused.
enum Refusal: Error, Equatable {
    /// 400 for anything ambiguous; the text is for the log and names no content.
    case badRequest(StaticText)
    /// 421: another host's request.
    case misdirected
    /// 414, 431, 505, 501, 417, 405.
    case targetTooLong, headTooLarge, versionNotSupported, notImplemented, expectationFailed, methodNotAllowed
    /// 403: a page of another origin wants a WebSocket.
    case foreignOrigin

    /// A constant of the program, so that no byte of a visitor gets into a log by this way.
    struct StaticText: Equatable, ExpressibleByStringLiteral {
        let text: String
        init(stringLiteral value: StaticString) { text = value.description }
    }
}

/// What the guard found out about a request that may go on.
struct Admission: Equatable {
    var framing: BodyFraming
    /// Whether another request may follow on the connection.
    var isPersistent: Bool
    var expectsContinue: Bool
    var upgrade: UpgradeRequest
    var target: TargetClass
    var door = Door.app
}

/// Whether a request asks for another protocol on this connection.
enum UpgradeRequest: Equatable {
    case none
    case webSocket
    /// Any other protocol but `h2c`, which is never passed on.
    case other
}

/// The rules of our origins.
struct RequestGuard: Sendable {
    /// Every spelling of `Host` that means the app's door, lower-case.
    let authorities: [[UInt8]]
    /// Those that mean the owner's door; empty without one.
    let ownerAuthorities: [[UInt8]]

    init(authorities: some Sequence<String>, ownerAuthorities: some Sequence<String> = []) {
        self.authorities = authorities.map { Array($0.utf8) }
        self.ownerAuthorities = ownerAuthorities.map { Array($0.utf8) }
    }

    func admit(_ head: RequestHead) -> Result<Admission, Refusal> {
        Result { () throws(Refusal) in
            try checkMethod(head)
            let target = head.block.withBytes { ReservedPath.classify($0[head.pathRange]) }
            guard target != .disguised else { throw .badRequest("the target could be read as one of ours") }
            try checkFields(head)
            let framing = try framing(head)
            let door = try door(head, isHealth: target == .ours && Self.isHealth(head))
            let connection = try ConnectionOptions(head.block)
            let expectsContinue = try expectation(head)
            let isPersistent =
                head.minorVersion == 1 ? !connection.close : connection.keepAlive && !connection.close
            return Admission(
                framing: framing, isPersistent: isPersistent, expectsContinue: expectsContinue,
                upgrade: connection.upgrade ? try UpgradeRequest(head, framing: framing) : .none,
                target: target, door: door)
        }
    }

    private func checkMethod(_ head: RequestHead) throws(Refusal) {
        switch head.method {
        case .connect, .trace: throw .methodNotAllowed
        case .get, .head, .options, .post, .other: return
        }
    }

    private func checkFields(_ head: RequestHead) throws(Refusal) {
        for field in head.block.fields where field.name == .disguised {
            throw .badRequest("a field name could be read as a framing or connection field")
        }
    }

    /// RFC 9112 §6: one way to tell the end of a body, or none.
    private func framing(_ head: RequestHead) throws(Refusal) -> BodyFraming {
        var length: Field?
        var coding: Field?
        for field in head.block.fields {
            if field.name == .contentLength {
                guard length == nil else { throw .badRequest("more than one Content-Length") }
                length = field
            } else if field.name == .transferEncoding {
                guard coding == nil else { throw .badRequest("more than one Transfer-Encoding") }
                coding = field
            }
        }
        if let coding {
            guard length == nil else { throw .badRequest("Content-Length and Transfer-Encoding") }
            guard head.minorVersion == 1 else { throw .badRequest("Transfer-Encoding in HTTP/1.0") }
            switch head.block.withBytes({ TransferCoding($0[coding.valueRange]) }) {
            case .chunked: return .chunked
            case .unknown: throw .notImplemented
            case .malformed: throw .badRequest("Transfer-Encoding is not exactly chunked")
            }
        }
        guard let length else { return .none }
        guard let count = head.block.withBytes({ ContentLength.read($0[length.valueRange]) }) else {
            throw .badRequest("Content-Length is no plain number")
        }
        return count == 0 ? .none : .length(count)
    }

    /// RFC 9112 §3.2: exactly one `Host`, ours, and the same as in an absolute-form target.
    ///
    /// Probes of the health address may come by any name.
    private func door(_ head: RequestHead, isHealth: Bool) throws(Refusal) -> Door {
        var host: Field?
        for field in head.block.fields where field.name == .host {
            guard host == nil else { throw .badRequest("more than one Host") }
            host = field
        }
        guard let host else {
            if isHealth && head.minorVersion == 0 && head.targetAuthority == nil { return .app }
            throw .badRequest("no Host")
        }
        let isSame = head.block.withBytes { bytes in
            guard let authority = head.targetAuthority else { return true }
            return bytes[authority].lazy.map(ByteClass.lowercased)
                .elementsEqual(bytes[host.valueRange].lazy.map(ByteClass.lowercased))
        }
        guard isSame else { throw .badRequest("the target names another host than Host") }
        if Self.names(authorities, head.block, host) { return .app }
        if Self.names(ownerAuthorities, head.block, host) { return .owner }
        guard isHealth else { throw .misdirected }
        return .app
    }

    private static func names(_ authorities: [[UInt8]], _ block: FieldBlock, _ host: Field) -> Bool {
        block.withBytes { bytes in
            let value = bytes[host.valueRange]
            return authorities.contains { authority in
                authority.count == value.count
                    && zip(authority, value).allSatisfy { $0 == ByteClass.lowercased($1) }
            }
        }
    }

    /// RFC 9110 §10.1.1; an HTTP/1.0 client cannot expect.
    private func expectation(_ head: RequestHead) throws(Refusal) -> Bool {
        var expects = false
        for field in head.block.fields where field.name == .expect {
            let isContinue = head.block.withBytes {
                UnsafeRawBufferPointer(rebasing: $0[field.valueRange]).equalsIgnoringCase("100-continue")
            }
            guard isContinue else { throw .expectationFailed }
            expects = head.minorVersion == 1
        }
        return expects
    }

    private static func isHealth(_ head: RequestHead) -> Bool {
        head.block.withBytes { $0[head.pathRange].elementsEqual("/.runegate/health".utf8) }
    }
}
