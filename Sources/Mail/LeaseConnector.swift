package import GateModel
package import Logging
package import NIOCore

/// `serve`'s end of the lease socket: it connects when a mail is due, which starts the mailer, and hands out
/// mails from the queue.
package struct LeaseConnector: MailTesting {
    package init(
        socketPath: String, source: any MailSource, group: any EventLoopGroup,
        logger: Logger = Logger(label: "mail")
    ) {
    }

    /// Hands out mails until the task is cancelled.
    package func run() async {
    }

    /// Lets the mailer send a test mail, on a connection of its own.
    package func test(_ recipient: EmailAddress) async -> MailTestReport {
        MailTestReport(transcript: [], isDelivered: false, verdict: "not built yet", remedy: nil)
    }
}
