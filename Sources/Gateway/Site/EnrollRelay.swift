package import NIOCore
import NIOPosix

/// Hands the octets of an enrolment to the root unit behind its socket, and brings back what it says.
///
/// Neither is read here: both are sealed between the aibox and that unit. On the socket each stands behind its length
/// in two bytes, in network order, and this side closes: were the end of the answer told by closing, an end that comes
/// with the last bytes could take them along.
package struct EnrollRelay: Sendable {
    /// Where systemd listens for the unit (`runegate-enroll.socket`).
    package static let systemdSocket = "/run/runegate-enroll/enroll.sock"
    /// The longest request and the longest answer.
    static let maximumBytes = 4096

    package enum Answer: Equatable, Sendable {
        case octets([UInt8])
        /// No join code is pending and no box has joined, or the unit is not installed.
        case nobody
        /// The unit is there and gave no answer.
        case failed
    }

    private let path: String
    /// The unit may try both tunnels before it answers.
    private let deadline: TimeAmount
    private let group: any EventLoopGroup

    package init(
        path: String = EnrollRelay.systemdSocket, deadline: TimeAmount = .seconds(40),
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.path = path
        self.deadline = deadline
        self.group = group
    }

    /// Sends all octets and waits for the whole answer; one of no octets says that nobody is expected.
    func relay(_ octets: [UInt8]) async -> Answer {
        let loop = group.next()
        let answer = loop.makePromise(of: Answer.self)
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelInitializer { [deadline] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        EnrollExchange(octets: octets, deadline: deadline, answer: answer))
                }
            }
            .connect(unixDomainSocketPath: path)
        connection.whenFailure { error in
            let isAbsent = (error as? IOError)?.errnoCode == ENOENT
            answer.succeed(isAbsent ? .nobody : .failed)
        }
        return (try? await answer.futureResult.get()) ?? .failed
    }
}

/// One exchange: everything out, everything in.
private final class EnrollExchange: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let octets: [UInt8]
    private let deadline: TimeAmount
    private let answer: EventLoopPromise<EnrollRelay.Answer>
    private var received = ByteBuffer()

    init(octets: [UInt8], deadline: TimeAmount, answer: EventLoopPromise<EnrollRelay.Answer>) {
        self.octets = octets
        self.deadline = deadline
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: deadline) { self.finish(context, .failed) }
        var request = ByteBuffer(integer: UInt16(octets.count))
        request.writeBytes(octets)
        context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        guard let count = received.getInteger(at: 0, as: UInt16.self) else { return }
        if count > EnrollRelay.maximumBytes { return finish(context, .failed) }
        guard let bytes = received.getBytes(at: 2, length: Int(count)) else { return }
        finish(context, bytes.isEmpty ? .nobody : .octets(bytes))
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(context, .failed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(context, .failed)
    }

    /// The first end counts: a promise is fulfilled once.
    private func finish(_ context: ChannelHandlerContext, _ result: EnrollRelay.Answer) {
        answer.succeed(result)
        context.close(promise: nil)
    }
}
