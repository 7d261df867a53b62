import Logging
import NIOCore
import UpstreamSelection

// What the connections of one event loop share. Nothing in it is touched from another thread.

final class LoopContext {
    let loop: any EventLoop
    let limits: EdgeLimits
    let reader: SelectionReader
    let pool: UpstreamPool
    let dialer: Dialer
    let counters: EdgeCounters
    let logger: Logger
    /// Replaced at reload; requests keep the one they began with.
    var state: EdgeState
    /// Where heads are put together: once written out, the buffer is nobody else's and is used again.
    var scratch: ByteBuffer
    /// Where requests go; requests read it once.
    var paths: PathView
    var retries: RetryBudget
    var observations = ObservationGate()
    /// What was done about paths in trouble.
    var switching = SwitchTally()
    /// What ended, by the path that served it.
    var served: [UpstreamPath.Name: ServedTally] = [:]
    /// Of the lost paths: answers and upgraded connections that ended when they died.
    var endedByDeath: [UpstreamPath.Name: Int] = [:]
    /// Runs while first bytes are due on a path in doubt.
    var doubtWatch: RepeatedTask?
    private(set) var isDraining = false
    private(set) var visitors: [ObjectIdentifier: VisitorConnection] = [:]
    /// Whose end is waited for.
    private var awaited: (counts: (VisitorConnection) -> Bool, end: EventLoopPromise<Void>)?
    private var sweep: RepeatedTask?

    init(
        loop: any EventLoop, limits: EdgeLimits, state: EdgeState, reader: SelectionReader, dialer: Dialer,
        counters: EdgeCounters, logger: Logger
    ) {
        self.loop = loop
        self.limits = limits
        self.state = state
        self.reader = reader
        self.dialer = dialer
        self.pool = UpstreamPool(limits: limits)
        self.counters = counters
        self.logger = logger
        self.scratch = ByteBufferAllocator().buffer(capacity: 4096)
        self.paths = PathView(reader.current, at: .now())
        self.retries = RetryBudget(at: .now())
    }

    func start() {
        let here = NIOLoopBound(self, eventLoop: loop)
        sweep = loop.scheduleRepeatedTask(
            initialDelay: limits.sweepInterval, delay: limits.sweepInterval
        ) { _ in here.value.sweepNow() }
        watchDoubt()
    }

    func add(_ visitor: VisitorConnection) {
        visitors[ObjectIdentifier(visitor)] = visitor
    }

    func remove(_ visitor: VisitorConnection) {
        visitors[ObjectIdentifier(visitor)] = nil
        endWaitIfOver()
    }

    /// What is under way on this loop.
    var traffic: GatewayTraffic {
        var traffic = GatewayTraffic()
        traffic.switching = switching
        traffic.served = served
        traffic.endedByDeath = endedByDeath
        for visitor in visitors.values { visitor.count(into: &traffic) }
        return traffic
    }

    // MARK: A stop

    /// Ends upgraded connections at once and lets the rest finish; succeeds when nobody is left who is here now.
    func beginDrain() -> EventLoopFuture<Void> {
        isDraining = true
        let now = NIODeadline.now()
        for visitor in Array(visitors.values) { visitor.beginDrain(now: now) }
        return whenGone { $0.isFromBeforeStop }
    }

    /// Succeeds when nobody is left.
    func finishDrain() -> EventLoopFuture<Void> { whenGone { _ in true } }

    /// Ends the transfers that are waited for.
    func cutTransfers() { for visitor in awaitedVisitors { visitor.cutTransfer() } }

    /// Ends whoever is waited for.
    func endAwaited() { for visitor in awaitedVisitors { visitor.abort() } }

    /// Ends what is left.
    func stop() {
        sweep?.cancel()
        doubtWatch?.cancel()
        for visitor in Array(visitors.values) { visitor.abort() }
        pool.closeAll()
    }

    private func whenGone(_ counts: @escaping (VisitorConnection) -> Bool) -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        awaited = (counts, promise)
        endWaitIfOver()
        return promise.futureResult
    }

    /// What was upgraded after the stop began has no end of its own, and nobody waits for it.
    private func endWaitIfOver() {
        guard let awaited,
            !visitors.values.contains(where: { $0.phase != .upgraded && awaited.counts($0) })
        else { return }
        self.awaited = nil
        awaited.end.succeed()
    }

    private var awaitedVisitors: [VisitorConnection] {
        guard let awaited else { return [] }
        return visitors.values.filter(awaited.counts)
    }

    private func sweepNow() {
        let now = NIODeadline.now()
        pool.sweep(now: now)
        for visitor in Array(visitors.values) { visitor.sweep(now: now) }
        endWaitIfOver()
    }
}
