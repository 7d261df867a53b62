package import GateModel
import NIOCore
package import NIOPosix
import TLS

/// How sealed octets get to `runegate enroll` and its answer back.
package protocol EnrollTransport: Sendable {
    /// One request and its answer.
    ///
    /// - Throws: Why there is none, and what to do.
    func exchange(_ octets: [UInt8]) async throws(Fault) -> [UInt8]
}

/// By https to the VPS's own domain.
///
/// Its certificate is not checked: there may be none yet, and what is sent is sealed for a key that the join code
/// names.
package struct HTTPSEnrollTransport: EnrollTransport {
    private let domain: String
    private let address: String
    private let port: Int
    private let group: MultiThreadedEventLoopGroup
    /// The VPS may try both tunnels before it answers.
    private let deadline: TimeAmount = .seconds(60)
    /// Waits for the limit of tries to let it in again, at most so often.
    private static let maximumWaits = 3

    /// - Parameters:
    ///   - domain: The VPS's, for `Host` and TLS.
    ///   - address: Where to connect; by default the domain.
    ///   - port: By default https's.
    ///   - group: Runs the connections.
    package init(
        domain: String, address: String? = nil, port: Int = 443,
        group: MultiThreadedEventLoopGroup = .singleton
    ) {
        self.domain = domain
        self.address = address ?? domain
        self.port = port
        self.group = group
    }

    package func exchange(_ octets: [UInt8]) async throws(Fault) -> [UInt8] {
        for wait in 0...Self.maximumWaits {
            let answer = try await post(octets)
            switch answer.status {
            case 200: return answer.body
            case 429 where wait < Self.maximumWaits:
                try? await Task.sleep(for: .seconds(min(60, answer.retryAfterSeconds ?? 10)))
            default: throw EnrollFault.answered(answer.status, domain: domain)
            }
        }
        throw EnrollFault.answered(429, domain: domain)
    }

    private func post(_ octets: [UInt8]) async throws(Fault) -> EnrollHTTPAnswer {
        let received: [UInt8]
        do {
            let context = try TLSClientContext(authorities: .notChecked)
            let loop = group.next()
            let promise = loop.makePromise(of: [UInt8].self)
            let request = EnrollHTTPAnswer.request(octets, domain: domain)
            ClientBootstrap(group: loop)
                .connectTimeout(.seconds(10))
                .channelInitializer { [domain, deadline] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            TLSClientHandler(context: context, serverName: domain),
                            EnrollHTTPExchange(request: request, deadline: deadline, result: promise),
                        ])
                    }
                }
                .connect(host: address, port: port)
                .whenFailure { promise.fail($0) }
            received = try await promise.futureResult.get()
        } catch {
            throw EnrollFault.unreachable(domain: domain, reason: "\(error)")
        }
        guard let answer = EnrollHTTPAnswer(received) else {
            throw EnrollFault.unreachable(domain: domain, reason: "the answer is no HTTP")
        }
        return answer
    }
}

/// Everything out, and everything in until the other side closes.
final class EnrollHTTPExchange: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private let deadline: TimeAmount
    private let result: EventLoopPromise<[UInt8]>
    private var received: [UInt8] = []

    struct Silent: Error, CustomStringConvertible { let description = "no answer in time" }
    struct TooMuch: Error, CustomStringConvertible { let description = "the answer is too long" }

    init(request: [UInt8], deadline: TimeAmount, result: EventLoopPromise<[UInt8]>) {
        self.request = request
        self.deadline = deadline
        self.result = result
    }

    func channelActive(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: deadline) { self.fail(context, Silent()) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        if received.count > EnrollHTTPAnswer.maximumBytes { return fail(context, TooMuch()) }
        // A server that does not close, or not in TLS's own way, is not waited for.
        if EnrollHTTPAnswer(received)?.isComplete == true {
            result.succeed(received)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { result.succeed(received) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(context, error) }

    /// The first end counts: a promise is fulfilled once.
    private func fail(_ context: ChannelHandlerContext, _ error: any Error) {
        result.fail(error)
        context.close(promise: nil)
    }
}
