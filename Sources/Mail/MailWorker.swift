internal import GateModel
package import Logging

/// Takes mails from a source, delivers them and reports: the same code inline in `serve` and in `runegate mailer`.
package struct MailWorker: Sendable {
    private let source: any MailSource
    private let delivery: MailDelivery
    private let logger: Logger
    private let observe: @Sendable (MailOutcome) -> Void

    /// `observe` hears of every attempt's outcome, on any thread.
    package init(
        source: any MailSource, delivery: MailDelivery, logger: Logger = Logger(label: "mail"),
        observe: @escaping @Sendable (MailOutcome) -> Void = { _ in }
    ) {
        self.source = source
        self.delivery = delivery
        self.logger = logger
        self.observe = observe
    }

    /// Works until the task is cancelled, with at most four mails under way: one server that answers slowly
    /// must not hold up the others' mails.
    package func run() async {
        await withTaskGroup(of: Void.self) { deliveries in
            var underWay = 0
            while !Task.isCancelled {
                if underWay == Self.maximumUnderWay {
                    await deliveries.next()
                    underWay -= 1
                }
                guard let job = await source.lease() else {
                    await source.waitUntilDue()
                    continue
                }
                underWay += 1
                deliveries.addTask { await work(on: job) }
            }
        }
    }

    private static let maximumUnderWay = 4

    private func work(on job: MailJob) async {
        let outcome = await delivery.deliver(job)
        log(outcome, of: job)
        observe(outcome)
        // A report must reach the queue even when this task is being cancelled: a mail that was sent and is
        // not reported is sent twice.
        await Task { await source.report(job.id, outcome) }.value
    }

    private func log(_ outcome: MailOutcome, of job: MailJob) {
        var metadata: Logger.Metadata = ["mail": "\(job.id)", "to": "\(job.recipient.masked)"]
        switch outcome {
        case .sent(let reply):
            metadata["reply"] = "\(reply)"
            logger.info("mail sent", metadata: metadata)
        case .deferred(let reason, let detail):
            metadata["reason"] = "\(reason.rawValue)"
            metadata["detail"] = "\(detail)"
            switch reason {
            // Nothing gets better until the owner does something.
            case .account, .tls: logger.error("mail waits: the owner must act", metadata: metadata)
            case .interrupted: logger.info("mail interrupted", metadata: metadata)
            case .serverBusy, .unreachable, .protocolViolation:
                logger.warning("mail waits", metadata: metadata)
            }
        case .refused(let reason, let detail):
            metadata["reason"] = "\(reason.rawValue)"
            metadata["detail"] = "\(detail)"
            logger.warning("mail refused", metadata: metadata)
        }
    }
}
