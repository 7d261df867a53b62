internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// One connection at the control door: requests one after the other, small bodies only.
struct ControlConnection: Sendable {
    private let channel: any Channel
    private let requests: AsyncStream<CollectedRequest>

    /// Sets up the channel, on its event loop.
    ///
    /// A connection that nobody serves is closed when it is dropped.
    init(_ channel: any Channel) throws {
        let (requests, continuation) = AsyncStream.makeStream(of: CollectedRequest.self)
        continuation.onTermination = { _ in channel.close(promise: nil) }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline()
        try pipeline.addHandler(ByteBufferResponses())
        try pipeline.addHandler(RequestCollector(continuation))
        self.channel = channel
        self.requests = requests
    }

    /// Answers until the client leaves, breaks HTTP, or the task is cancelled.
    func serve(_ respond: @Sendable (ControlRequest) async -> ControlResponse) async {
        let peer = await Self.peer(of: channel)
        for await request in requests {
            let isLast = request.body == nil || !request.head.isKeepAlive
            let response = await Self.response(to: request, from: peer, respond)
            guard await send(response, to: request.head, isLast: isLast), !isLast else { break }
        }
        try? await channel.close()
    }

    private static func response(
        to request: CollectedRequest, from peer: PeerCredentials?,
        _ respond: @Sendable (ControlRequest) async -> ControlResponse
    ) async -> ControlResponse {
        guard let body = request.body else {
            return .refusal(
                .payloadTooLarge, code: "body-too-large", "The body is larger than 16 KiB",
                remedy: "docs/CONTROL.md shows what each path takes.")
        }
        let path = request.head.uri.prefix { $0 != "?" }
        return await respond(
            ControlRequest(
                method: request.head.method, path: String(path), headers: request.head.headers, body: body,
                peer: peer))
    }

    /// Whether the whole answer went out.
    private func send(_ response: ControlResponse, to request: HTTPRequestHead, isLast: Bool) async -> Bool {
        typealias Part = HTTPPart<HTTPResponseHead, ByteBuffer>
        var headers = response.headers
        headers.add(name: "content-length", value: String(response.body.count))
        headers.add(name: "cache-control", value: "no-store")
        headers.add(name: "x-content-type-options", value: "nosniff")
        headers.add(name: "cross-origin-resource-policy", value: "same-origin")
        if isLast { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: response.status, headers: headers)
        channel.write(Part.head(head), promise: nil)
        if request.method != .HEAD {
            channel.write(Part.body(ByteBuffer(bytes: response.body)), promise: nil)
        }
        return (try? await channel.writeAndFlush(Part.end(nil))) != nil
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
