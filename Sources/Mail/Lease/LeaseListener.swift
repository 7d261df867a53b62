internal import GateModel
internal import Glibc
package import Logging
package import NIOCore
internal import NIOPosix

/// Where the lease socket comes from.
package enum LeaseSocket: Sendable, Equatable {
    /// A listening descriptor that systemd passed; the listener owns it from now on.
    case descriptor(Int32)
    /// A path to make the socket at, mode 0660; a stale one is replaced.
    case path(String)
}

/// `runegate mailer`'s end of the lease socket: it listens, asks whoever connects for mails, and delivers them.
package struct LeaseListener: Sendable {
    private typealias Connection = NIOAsyncChannel<QueueMessage, MailerMessage>

    private let socket: LeaseSocket
    private let delivery: MailDelivery
    private let group: any EventLoopGroup
    private let logger: Logger
    private let observe: @Sendable (MailOutcome) -> Void

    /// `observe` hears of every attempt's outcome, on any thread.
    package init(
        socket: LeaseSocket, delivery: MailDelivery, group: any EventLoopGroup,
        logger: Logger = Logger(label: "mail"), observe: @escaping @Sendable (MailOutcome) -> Void = { _ in }
    ) {
        self.socket = socket
        self.delivery = delivery
        self.group = group
        self.logger = logger
        self.observe = observe
    }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: What NIO says when the socket cannot be listened on, or `Fault` for its mode.
    package func run() async throws {
        let server = try await bind()
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { await serve(connection) }
                }
                group.cancelAll()
            }
        }
    }

    private func bind() async throws -> NIOAsyncChannel<Connection, Never> {
        let bootstrap = ServerBootstrap(group: group)
        let wrap: @Sendable (any Channel) -> EventLoopFuture<Connection> = { channel in
            channel.eventLoop.makeCompletedFuture {
                try JSONLine.wrap(channel, receiving: QueueMessage.self, sending: MailerMessage.self)
            }
        }
        switch socket {
        case .descriptor(let descriptor):
            return try await bootstrap.bind(descriptor, childChannelInitializer: wrap)
        case .path(let path):
            let server = try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true, childChannelInitializer: wrap)
            // Until here the usual umask lets only this user connect: that takes the right to write (unix(7)).
            guard chmod(path, 0o660) == 0 else {
                throw Fault(
                    code: "lease-socket-mode", problem: "Cannot set the mode of \(path)",
                    remedy: "Give the mailer a directory of its own for its socket.")
            }
            return server
        }
    }

    private func serve(_ connection: Connection) async {
        do {
            try await connection.executeThenClose { inbound, outbound in
                var messages = inbound.makeAsyncIterator()
                switch try await messages.next() {
                case .work?:
                    let source = LeasedSource(outbound)
                    try await withThrowingDiscardingTaskGroup { group in
                        // When the connection ends the mails under way are given up: the queue has them back.
                        defer { group.cancelAll() }
                        group.addTask {
                            await MailWorker(
                                source: source, delivery: delivery, logger: logger, observe: observe
                            ).run()
                        }
                        while let message = try await messages.next() { try source.received(message) }
                    }
                case .test(let recipient)?:
                    let report = await delivery.test(try EmailAddress(recipient))
                    try await outbound.write(.tested(report))
                case nil: break
                default: throw LeaseError.outOfPlace
                }
            }
        } catch {
            logger.warning("lease connection ended", metadata: ["error": "\(error)"])
        }
    }
}
