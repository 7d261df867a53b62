import GateModel
import Identity
import NIOCore
import NIOHTTP1

// From bytes to a decision: the head, who asks, and who answers.

extension VisitorConnection {
    /// Goes on with whatever has been received, until more bytes or an answer are needed.
    func advance() {
        // Answers given at once come back here; the loop below serves them, so that a long pipeline of requests
        // does not become a deep stack.
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        var isProgressing = true
        while isProgressing {
            switch phase {
            case .head: isProgressing = readHead()
            case .collecting: isProgressing = collect()
            case .dialing, .relaying, .answering, .upgraded, .lingering, .closed: isProgressing = false
            }
        }
        flush()
    }

    /// Whether a head was complete.
    private func readHead() -> Bool {
        skipEmptyLine()
        guard let waiting = pending, waiting.readableBytes > 0 else { return false }
        switch waiting.withUnsafeReadableBytes({ scanner.scan($0) }) {
        case .incomplete:
            if waiting.readableBytes > shared.limits.requestHeadBytes {
                refuse(scanner.hasStartLine ? .headTooLarge : .targetTooLong)
            }
            return false
        case .bareLineFeed:
            refuse(.badRequest("a line ends with LF alone"))
            return false
        case .complete(let length):
            guard length <= shared.limits.requestHeadBytes, let bytes = pending?.readSlice(length: length)
            else {
                refuse(.headTooLarge)
                return false
            }
            if pending?.readableBytes == 0 { pending = nil }
            scanner = HeadScanner()
            begin(bytes)
            return true
        }
    }

    /// RFC 9112 §2.2: an empty line before a request is ignored; older clients end a body with one too many.
    private func skipEmptyLine() {
        guard scanner.scanned == 0, let waiting = pending, waiting.readableBytes >= 2,
            waiting.getInteger(at: waiting.readerIndex, as: UInt16.self) == 0x0d0a
        else { return }
        pending?.moveReaderIndex(forwardBy: 2)
    }

    private func begin(_ bytes: ByteBuffer) {
        // On a kept connection, too, what begins after a stop has a drain of its own.
        isFromBeforeStop = false
        let head: RequestHead
        do {
            head = try HeadReader.request(bytes, limits: shared.limits)
        } catch {
            refuse(Refusal(error))
            return
        }
        switch shared.state.requestGuard.admit(head) {
        case .failure(let refusal): refuse(refusal, head)
        case .success(let admission): begin(head, admission)
        }
    }

    private func begin(_ head: RequestHead, _ admission: Admission) {
        let isOwnersDoor = admission.door == .owner
        // The guard knows the owner's door only from a state that has one.
        let state = isOwnersDoor ? shared.state.owner ?? shared.state : shared.state
        let exchange = Exchange(
            head: head, admission: admission, state: state, visitorAddress: visitorAddress(head, state),
            startedAt: .now())
        self.exchange = exchange
        if let value = sessionCookie(head, state), let found = state.sessions.authenticate(value) {
            exchange.session = found.session
            exchange.reissuedCookie = found.reissuedCookie
        }
        if let route = localRoute(exchange) {
            beginLocal(route, exchange)
        } else if exchange.session == nil {
            let method = HTTPMethod(rawValue: head.methodText)
            answer(
                state.site.challenge(method: method, target: head.target, headers: HTTPHeaders(head.block)),
                exchange)
        } else if isOwnersDoor {
            // Whatever it asks for: the app is not behind this door.
            beginLocal(.ownerPage, exchange)
        } else if admission.upgrade != .none, !hasOwnOrigin(exchange) {
            refuse(.foreignOrigin, head)
        } else {
            dial(exchange)
        }
    }

    /// Which of our own addresses a request is for; nil when the app answers.
    private func localRoute(_ exchange: Exchange) -> SiteRoute? {
        let head = exchange.head
        let isOurs = exchange.admission.target == .ours
        // What almost every signed-in request is: spares it the table.
        if !isOurs, exchange.session != nil, !SignedInAliases.mayContain(head) { return nil }
        let route = exchange.state.site.route(
            method: HTTPMethod(rawValue: head.methodText), path: head.path, query: head.query,
            isSignedIn: exchange.session != nil)
        return route ?? (isOurs ? .notFound : nil)
    }

    /// The visitor's address as text, remembered with what it was read from: on one connection it is mostly
    /// the same.
    private func visitorAddress(_ head: RequestHead, _ state: EdgeState) -> String {
        var forwarded: String?
        for field in head.block.fields where field.name == .forwardedFor {
            let value = head.block.string(field.valueRange)
            forwarded = forwarded.map { "\($0),\(value)" } ?? value
        }
        if let known = knownAddress, known.forwarded == forwarded, known.state === state { return known.text }
        let text = state.clientAddress.visitor(peer: peer, forwarded: forwarded).description
        knownAddress = KnownAddress(forwarded: forwarded, state: state, text: text)
        return text
    }

    private func sessionCookie(_ head: RequestHead, _ state: EdgeState) -> String? {
        var search = CookieSearch(for: state.cookies.names.session)
        for field in head.block.fields where field.name == .cookie {
            head.block.withValue(of: field) { search.read($0) }
        }
        return search.value
    }

    /// Whether an upgrade is not asked for by a foreign page.
    ///
    /// Browsers send `Origin` with every WebSocket, and cookies of ours with those of foreign pages
    /// too. A client without `Origin` would be a program that holds a stolen or
    /// copied cookie; it is refused as well. Other upgrades cannot come from a page; there only a foreign
    /// origin is refused.
    private func hasOwnOrigin(_ exchange: Exchange) -> Bool {
        let block = exchange.head.block
        switch block.count(of: .origin) {
        case 0: return exchange.admission.upgrade == .other
        case 1:
            return block.value(of: .origin).map { exchange.state.origins.contains($0.lowercased()) } ?? false
        default: return false
        }
    }
}

/// The addresses outside `/.runegate/` that may be ours although somebody is signed in.
enum SignedInAliases {
    /// A quick look at the first bytes; ``Site/route(method:path:query:isSignedIn:)`` decides.
    static func mayContain(_ head: RequestHead) -> Bool {
        head.block.withBytes { bytes in
            let target = bytes[head.targetRange]
            return target.starts(with: "/auth".utf8) || target.starts(with: "/debug/".utf8)
        }
    }
}

extension Refusal {
    init(_ error: HeadError) {
        switch error {
        case .malformed: self = .badRequest("the head is malformed")
        case .version: self = .versionNotSupported
        case .targetTooLong: self = .targetTooLong
        case .tooManyFields: self = .headTooLarge
        }
    }
}

extension HTTPHeaders {
    /// The fields in their order, for our own pages.
    init(_ block: FieldBlock) {
        self.init(block.fields.map { (block.string($0.nameRange), block.string($0.valueRange)) })
    }
}
