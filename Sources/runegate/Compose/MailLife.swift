import GateConfig
import GateModel
import Identity
import Logging
import Mail
import NIOCore
import ServiceLifecycle

/// Gets the queue's mails out: in this process, or through `runegate mailer`.
struct MailLife: Service {
    /// Who sends a test mail; nil when there is no mail transport.
    let tester: (any MailTesting)?
    private let work: @Sendable () async -> Void

    init(settings: Settings, socketPath: String, queue: MailQueue, group: any EventLoopGroup) throws(Fault) {
        if settings.mail.transport == .none {
            tester = nil
            work = {}
        } else if settings.mail.mailer == .external {
            let connector = LeaseConnector(socketPath: socketPath, source: queue, group: group)
            tester = connector
            work = { await connector.run() }
        } else {
            let delivery = try MailDelivery(
                settings: settings.mail, brand: settings.brand, group: group, time: SystemTime())
            let worker = MailWorker(source: queue, delivery: delivery)
            tester = delivery
            work = { await worker.run() }
        }
    }

    /// Where systemd listens for the mailer (`runegate-mailer.socket`).
    static let systemdSocket = "/run/runegate-mail/mail.sock"

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await work()
            // A service that returns would end the others: without mail this one waits for the end, too.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
        }
    }
}
