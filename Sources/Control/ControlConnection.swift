internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One connection at the control door: requests one after the other, small bodies only.
struct ControlConnection {
    private static let largestBodyBytes = 16 * 1024
    private let connection: ControlServer.Connection

    init(_ connection: ControlServer.Connection) {
        self.connection = connection
    }

    /// Answers until the client leaves, breaks HTTP, or the task is cancelled.
    func serve(_ respond: @Sendable (ControlRequest) async -> ControlResponse) async {
        let peer = await Self.peer(of: connection.channel)
        try? await connection.executeThenClose { incoming, outgoing in
            var parts = incoming.makeAsyncIterator()
            while case .head(let head)? = try await parts.next() {
                let response: ControlResponse
                var isLast = !head.isKeepAlive
                if let body = try await Self.body(from: &parts) {
                    let path = head.uri.prefix { $0 != "?" }
                    response = await respond(
                        ControlRequest(
                            method: head.method, path: String(path), headers: head.headers, body: body,
                            peer: peer))
                } else {
                    isLast = true
                    response = .refusal(
                        .payloadTooLarge, code: "body-too-large", "The body is larger than 16 KiB",
                        remedy: "docs/CONTROL.md shows what each path takes.")
                }
                try await Self.send(response, to: head, isLast: isLast, outgoing)
                if isLast { return }
            }
        }
    }

    /// The whole body, or nil when it is too large; then the rest is not read.
    private static func body(
        from parts: inout NIOAsyncChannelInboundStream<HTTPServerRequestPart>.AsyncIterator
    ) async throws -> [UInt8]? {
        var body: [UInt8] = []
        while let part = try await parts.next() {
            switch part {
            case .head: return nil
            case .body(let bytes):
                guard body.count + bytes.readableBytes <= largestBodyBytes else { return nil }
                body += bytes.readableBytesView
            case .end: return body
            }
        }
        return nil
    }

    private static func send(
        _ response: ControlResponse, to request: HTTPRequestHead, isLast: Bool,
        _ outgoing: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>
    ) async throws {
        var headers = response.headers
        headers.add(name: "content-length", value: String(response.body.count))
        headers.add(name: "cache-control", value: "no-store")
        headers.add(name: "x-content-type-options", value: "nosniff")
        headers.add(name: "cross-origin-resource-policy", value: "same-origin")
        if isLast { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        try await outgoing.write(.head(head))
        if request.method != .HEAD { try await outgoing.write(.body(ByteBuffer(bytes: response.body))) }
        try await outgoing.write(.end(nil))
    }

    static func peer(of channel: any Channel) async -> PeerCredentials? {
        guard case .unixDomainSocket? = channel.localAddress,
            let provider = channel as? any SocketOptionProvider
        else { return nil }
        // `struct ucred` (unix(7)) is three 32-bit numbers; Glibc's module does not show it to Swift.
        let option: EventLoopFuture<(Int32, UInt32, UInt32)> = provider.unsafeGetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
        guard let (processID, userID, groupID) = try? await option.get() else { return nil }
        return PeerCredentials(processID: processID, userID: userID, groupID: groupID)
    }
}
