import GateConfig
package import GateModel
package import Identity
import Logging
import NIOCore
import NIOPosix
package import UpstreamSelection

// The gateway as the rest of the program sees it: started, changed by reload, drained and stopped.

/// Where the gateway accepts connections.
package enum GatewayListener: Sendable {
    case address(ListenAddress)
    /// A listening socket that was passed to the process.
    case passed(descriptor: Int32)
}

/// Accepts visitors and passes their requests on.
package final class GatewayServer: Sendable {
    /// Where it listens; a port of 0 has become a real one.
    package let addresses: [ListenAddress]

    private let group: MultiThreadedEventLoopGroup
    private let loops: [NIOLoopBound<LoopContext>]
    private let listeners: [any Channel]
    private let limits: EdgeLimits
    private let logger: Logger
    private let publications: PublicationListener

    /// Opens the listeners and accepts at once.
    ///
    /// - Parameters:
    ///   - doors: What visitors come to, and how requests are treated; `apply` changes that later.
    ///   - listeners: At least one.
    ///   - sessions: Who is signed in.
    ///   - reader: Where requests for the app go.
    ///   - limits: What visitors and the app may make us hold or wait for.
    /// - Returns: The server, accepting.
    /// - Throws: When a listener cannot be opened.
    package static func start(
        doors: GatewayDoors, listeners: [GatewayListener], sessions: SessionTable, reader: SelectionReader,
        limits: EdgeLimits = EdgeLimits()
    ) async throws(Fault) -> GatewayServer {
        try await start(
            state: doors.state(sessions), workers: doors.settings.workers, listeners: listeners,
            reader: reader, limits: limits)
    }

    static func start(
        state: EdgeState, workers: Int, listeners: [GatewayListener], reader: SelectionReader,
        limits: EdgeLimits
    ) async throws(Fault) -> GatewayServer {
        let logger = Logger(label: "gateway")
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, workers))
        let dialer = Dialer(limits: limits)
        let counters = EdgeCounters()
        let caps = ConnectionCaps(limits: limits)
        var loops: [NIOLoopBound<LoopContext>] = []
        var channels: [any Channel] = []
        do {
            for loop in group.makeIterator() {
                let bound = try await loop.submit {
                    let context = LoopContext(
                        loop: loop, limits: limits, state: state, reader: reader, dialer: dialer,
                        counters: counters, logger: logger)
                    context.start()
                    return NIOLoopBound(context, eventLoop: loop)
                }.get()
                loops.append(bound)
            }
            let acceptor = Acceptor(loops: loops, caps: caps, state: state, logger: logger)
            for listener in listeners { channels.append(try await acceptor.open(listener, on: group)) }
        } catch {
            for channel in channels { try? await channel.close() }
            try? await group.shutdownGracefully()
            throw Acceptor.fault(listeners, error)
        }
        return GatewayServer(
            group: group, loops: loops, listeners: channels, publications: listen(to: reader, for: loops),
            limits: limits, logger: logger)
    }

    /// Passes publications on to every event loop, beginning with what was published while they started.
    private static func listen(
        to reader: SelectionReader, for loops: [NIOLoopBound<LoopContext>]
    ) -> PublicationListener {
        let hear: @Sendable (Selection) -> Void = { selection in
            for loop in loops { loop.eventLoop.execute { loop.value.take(selection) } }
        }
        let listener = reader.onPublish(hear)
        hear(reader.current)
        return listener
    }

    private init(
        group: MultiThreadedEventLoopGroup, loops: [NIOLoopBound<LoopContext>], listeners: [any Channel],
        publications: PublicationListener, limits: EdgeLimits, logger: Logger
    ) {
        self.publications = publications
        self.limits = limits
        self.group = group
        self.loops = loops
        self.listeners = listeners
        self.logger = logger
        self.addresses = listeners.compactMap { $0.localAddress.flatMap(ListenAddress.init) }
    }

    /// Takes new settings for requests that begin from now on.
    ///
    /// Listeners and workers stay as they are.
    package func apply(_ doors: GatewayDoors, sessions: SessionTable) {
        apply(doors.state(sessions))
    }

    func apply(_ state: EdgeState) {
        for loop in loops { loop.eventLoop.execute { loop.value.state = state } }
    }

    /// What is under way now; asks every event loop.
    package func traffic() async -> GatewayTraffic {
        var sum = GatewayTraffic()
        for loop in loops {
            // Fails only when the loop has stopped: then nothing is under way there.
            if let part = try? await loop.eventLoop.submit({ loop.value.traffic }).get() { sum = sum + part }
        }
        return sum
    }

    /// Returns once every event loop has done a piece of work; never while one hangs.
    package func turn() async {
        // Fails only when the loop has stopped in order.
        for loop in loops { try? await loop.eventLoop.submit {}.get() }
    }

    /// Ends in order: first those who are here, then those who came meanwhile.
    ///
    /// Upgraded connections end at once, every other transfer may finish for `limit`, and a silent connection is
    /// closed after ``EdgeLimits/silentDrain``. Whoever comes while that lasts is served, one answer a connection,
    /// and nobody has to wait for others' transfers; then nobody is taken in any more, and what those still do
    /// may finish for `limit`, too. The server cannot be used afterwards.
    package func drain(within limit: Duration) async {
        await wait(within: limit) { $0.beginDrain() }
        await stopAccepting()
        await wait(within: limit) { $0.finishDrain() }
        for loop in loops { loop.eventLoop.execute { loop.value.stop() } }
        publications.stop()
        do {
            try await group.shutdownGracefully()
        } catch {
            logger.warning("the event loops did not stop in order", metadata: ["reason": "\(error)"])
        }
    }

    /// Waits for what every event loop waits for, and ends what has not ended by itself.
    private func wait(
        within limit: Duration, for end: @escaping @Sendable (LoopContext) -> EventLoopFuture<Void>
    ) async {
        let ended = EventLoopFuture.andAllComplete(
            loops.map { loop in loop.eventLoop.flatSubmit { end(loop.value) } }, on: group.next())
        let cut = group.next().scheduleTask(in: TimeAmount(limit)) { [loops] in
            for loop in loops { loop.eventLoop.execute { loop.value.cutTransfers() } }
        }
        let last = max(TimeAmount(limit), limits.silentDrain + limits.sweepInterval * 2)
        let stop = group.next().scheduleTask(in: last) { [loops] in
            for loop in loops { loop.eventLoop.execute { loop.value.endAwaited() } }
        }
        try? await ended.get()
        cut.cancel()
        stop.cancel()
    }

    /// Takes nobody in any more; who was taken in is in the hands of an event loop when it returns.
    ///
    /// NIO throws away connections that are on their way from a listener to their event loop when it closes.
    private func stopAccepting() async {
        for listener in listeners { try? await listener.setOption(.autoRead, value: false).get() }
        await turn()
        for listener in listeners { try? await listener.eventLoop.submit {}.get() }
        for listener in listeners { try? await listener.close() }
    }
}

extension ListenAddress {
    init?(_ address: SocketAddress) {
        if let path = address.pathname, !path.isEmpty {
            self = .unix(path: path)
        } else if let text = address.ipAddress, let ip = try? IPAddress(text), let port = address.port {
            self = .ip(ip, port: port)
        } else {
            return nil
        }
    }
}
