package import NIOCore
import NIOPosix

/// Hands the octets of an enrolment to the root unit behind its socket, and brings back what it says.
///
/// Neither is read here: both are sealed between the aibox and that unit.
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

    /// Sends all octets, says that there are no more, and waits for the end of the answer.
    func relay(_ octets: [UInt8]) async -> Answer {
        let loop = group.next()
        let answer = loop.makePromise(of: Answer.self)
        let connection = ClientBootstrap(group: loop)
            .connectTimeout(.seconds(5))
            .channelOption(.allowRemoteHalfClosure, value: true)
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

/// One exchange: everything out, everything in, the end.
private final class EnrollExchange: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let octets: [UInt8]
    private let deadline: TimeAmount
    private let answer: EventLoopPromise<EnrollRelay.Answer>
    private var received: [UInt8] = []

    init(octets: [UInt8], deadline: TimeAmount, answer: EventLoopPromise<EnrollRelay.Answer>) {
        self.octets = octets
        self.deadline = deadline
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        context.eventLoop.assumeIsolated().scheduleTask(in: deadline) { self.finish(context, .failed) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: octets)), promise: nil)
        context.close(mode: .output, promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        if received.count > EnrollRelay.maximumBytes { finish(context, .failed) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        finishAtEnd(context)
    }

    /// Both directions ended; which of the two events tells depends on who was first.
    func channelInactive(context: ChannelHandlerContext) {
        finishAtEnd(context)
    }

    private func finishAtEnd(_ context: ChannelHandlerContext) {
        finish(context, received.isEmpty ? .nobody : .octets(received))
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
