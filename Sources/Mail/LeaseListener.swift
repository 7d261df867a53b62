package import Logging
package import NIOCore

/// Where the lease socket comes from.
package enum LeaseSocket: Sendable, Equatable {
    /// A listening descriptor that systemd passed; the listener owns it from now on.
    case descriptor(Int32)
    /// A path to make the socket at, mode 0660; a stale one is replaced.
    case path(String)
}

/// `runegate mailer`'s end of the lease socket: it listens, asks whoever connects for mails, and delivers them.
package struct LeaseListener: Sendable {
    package init(
        socket: LeaseSocket, delivery: MailDelivery, group: any EventLoopGroup,
        logger: Logger = Logger(label: "mail")
    ) {
    }

    /// Serves until the task is cancelled.
    package func run() async throws {
    }
}
