package import GateModel
package import Logging
package import NIOCore
internal import NIOPosix

/// `serve`'s end of the lease socket: it connects when a mail is due, which starts the mailer, and hands out
/// mails from the queue.
package struct LeaseConnector: MailTesting {
    private typealias Connection = NIOAsyncChannel<MailerMessage, QueueMessage>

    private let socketPath: String
    private let source: any MailSource
    private let group: any EventLoopGroup
    private let logger: Logger
    private let clock: any Clock<Duration>

    /// Makes a connector for the socket at `socketPath`; nothing is connected before ``run()``.
    package init(
        socketPath: String, source: any MailSource, group: any EventLoopGroup,
        logger: Logger = Logger(label: "mail"), clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.socketPath = socketPath
        self.source = source
        self.group = group
        self.logger = logger
        self.clock = clock
    }

    // MARK: Work

    /// Hands out mails until the task is cancelled.
    ///
    /// A connection stays while it works. When it dies, its leases end as `.deferred(.interrupted, …)`, and the
    /// next one waits for longer each time a mailer died over its mails: one that dies after each mail must not
    /// send the same mail every second.
    package func run() async {
        var pause = Self.shortestPause
        while !Task.isCancelled {
            await source.waitUntilDue()
            guard !Task.isCancelled else { return }
            let isGood = await handOut()
            pause = isGood ? Self.shortestPause : min(pause * 2, Self.longestPause)
            // Cancelled in the pause: the loop ends.
            try? await clock.sleep(for: pause)
        }
    }

    private static let shortestPause: Duration = .seconds(1)
    private static let longestPause: Duration = .seconds(30)

    /// Serves one connection to its end; true when the mailer reported on mails and left none behind.
    private func handOut() async -> Bool {
        let held = HeldLeases()
        do {
            try await connect().executeThenClose { inbound, outbound in
                try await outbound.write(.work)
                try await withThrowingDiscardingTaskGroup { waiting in
                    defer { waiting.cancelAll() }
                    for try await message in inbound {
                        try await answer(message, held, outbound, &waiting)
                    }
                }
            }
        } catch {
            logger.warning(
                "lease connection failed", metadata: ["socket": "\(socketPath)", "error": "\(error)"])
        }
        let left = held.takeAll()
        for id in left {
            let outcome = MailOutcome.deferred(.interrupted, detail: "the mailer went away")
            // Even when this task is cancelled: the queue must have its mails back.
            await Task { await source.report(id, outcome) }.value
        }
        return left.isEmpty && held.hasReports
    }

    private func answer(
        _ message: MailerMessage, _ held: HeldLeases, _ outbound: NIOAsyncChannelOutboundWriter<QueueMessage>,
        _ waiting: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        switch message {
        case .lease:
            guard let job = await source.lease() else {
                try await outbound.write(.nothing)
                return
            }
            held.insert(job.id)
            try await outbound.write(.job(job))
        case .wait:
            waiting.addTask {
                await source.waitUntilDue()
                // A dead connection is noticed where it is read.
                if !Task.isCancelled { try? await outbound.write(.due) }
            }
        case .report(let id, let outcome):
            guard held.remove(id) else { throw LeaseError.notLeased }
            await source.report(id, outcome)
        case .tested:
            throw LeaseError.outOfPlace
        }
    }

    private func connect() async throws -> Connection {
        try await ClientBootstrap(group: group).connect(unixDomainSocketPath: socketPath) { channel in
            channel.eventLoop.makeCompletedFuture {
                try JSONLine.wrap(channel, receiving: MailerMessage.self, sending: QueueMessage.self)
            }
        }
    }

    // MARK: Test

    /// Lets the mailer send a test mail, on a connection of its own.
    package func test(_ recipient: EmailAddress) async -> MailTestReport {
        do {
            return try await withThrowingTaskGroup(of: MailTestReport.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await askForTest(recipient) }
                group.addTask {
                    try await clock.sleep(for: Self.longestTest)
                    throw LeaseError.timedOut
                }
                guard let report = try await group.next() else { throw LeaseError.timedOut }
                return report
            }
        } catch {
            return MailTestReport(
                transcript: [], isDelivered: false,
                verdict: "The mailer does not answer at \(socketPath): \(error)",
                remedy: "Start it with `systemctl start runegate-mailer.socket`, and see why it stopped with "
                    + "`journalctl -u runegate-mailer`.")
        }
    }

    /// Above all deadlines of a conversation that goes well.
    private static let longestTest: Duration = .seconds(180)

    private func askForTest(_ recipient: EmailAddress) async throws -> MailTestReport {
        try await connect().executeThenClose { inbound, outbound in
            try await outbound.write(.test(recipient: recipient.description))
            for try await message in inbound {
                guard case .tested(let report) = message else { throw LeaseError.outOfPlace }
                return report
            }
            throw LeaseError.timedOut
        }
    }
}
