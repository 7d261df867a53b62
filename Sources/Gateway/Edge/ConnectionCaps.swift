import GateModel
import Glibc
import Logging
import NIOCore
import Synchronization

// How many connections there may be, in all and from one address.

final class ConnectionCaps: Sendable {
    private struct Counts {
        var all = 0
        var byBlock: [IPNetwork: Int] = [:]
        /// Runs when there is room again.
        var waiting: [@Sendable () -> Void] = []
    }

    let most: Int
    private let perAddress: Int
    private let counts = Mutex(Counts())

    init(limits: EdgeLimits) {
        self.most = limits.connections ?? Self.fromDescriptors()
        self.perAddress = limits.connectionsPerAddress
    }

    /// Counts a connection in.
    ///
    /// - Parameter address: Nil for trusted proxies and Unix sockets, which are counted only in all.
    /// - Returns: Whether the address has not too many already.
    func enter(_ address: IPAddress?) -> Bool {
        counts.withLock { counts in
            if let address {
                let block = Self.block(of: address)
                guard counts.byBlock[block, default: 0] < perAddress else { return false }
                counts.byBlock[block, default: 0] += 1
            }
            counts.all += 1
            return true
        }
    }

    func leave(_ address: IPAddress?) {
        let waiting = counts.withLock { counts in
            counts.all -= 1
            if let address {
                let block = Self.block(of: address)
                let left = counts.byBlock[block, default: 1] - 1
                counts.byBlock[block] = left == 0 ? nil : left
            }
            guard counts.all < most else { return [@Sendable () -> Void]() }
            defer { counts.waiting = [] }
            return counts.waiting
        }
        for resume in waiting { resume() }
    }

    /// Whether another connection may be accepted; if not, `resume` runs when one has left.
    func hasRoom(orElse resume: @escaping @Sendable () -> Void) -> Bool {
        counts.withLock { counts in
            guard counts.all >= most else { return true }
            counts.waiting.append(resume)
            return false
        }
    }

    /// One subscriber usually has a /64 of IPv6.
    private static func block(of address: IPAddress) -> IPNetwork {
        IPNetwork(base: address, prefixLength: address.isIPv4 ? 32 : 64)
    }

    /// Each visitor may need a connection to the app; some descriptors are for everything else.
    private static func fromDescriptors() -> Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return max(16, (Int(clamping: limit.rlim_cur) - 64) / 2)
    }
}

/// Stops accepting while there is no room, and says so: the kernel queues meanwhile.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    /// A shortage is said again this often while it lasts.
    static let noticeInterval = TimeAmount.minutes(1)
    /// How long after a failure nothing is accepted.
    static let pause = TimeAmount.milliseconds(20)

    private let caps: ConnectionCaps
    private let logger: Logger
    private var saidAt = NIODeadline.distantPast

    init(caps: ConnectionCaps, logger: Logger) {
        self.caps = caps
        self.logger = logger
    }

    func read(context: ChannelHandlerContext) {
        let resumed = NIOLoopBound(context, eventLoop: context.eventLoop)
        let loop = context.eventLoop
        if caps.hasRoom(orElse: { loop.execute { resumed.value.read() } }) {
            context.read()
        } else {
            say("as many connections as there may be", "\(caps.most)")
        }
    }

    /// The kernel gave none, most often for want of descriptors.
    ///
    /// The listener stays readable, and NIO would try again at once and for ever: nothing is read for a moment.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError else { return context.fireErrorCaught(error) }
        say("the system gives no connection", error.description)
        let channel = context.channel
        // Fails only when the listener is closed.
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
            try? channel.syncOptions?.setOption(.autoRead, value: true)
        }
    }

    private func say(_ problem: String, _ detail: String) {
        let now = NIODeadline.now()
        guard saidAt == .distantPast || now - saidAt >= Self.noticeInterval else { return }
        saidAt = now
        logger.warning(
            "new visitors wait; those who are connected go on",
            metadata: [
                "problem": "\(problem)", "detail": "\(detail)",
                "remedy": "If they are welcome, raise LimitNOFILE= of runegate.service, or `ulimit -n`",
            ])
    }
}

@available(*, unavailable)
extension AcceptGate: Sendable {}
