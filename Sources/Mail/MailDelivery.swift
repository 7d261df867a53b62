package import GateConfig
package import GateModel
package import NIOCore

/// Writes mails and sends them on their way: the part of the mailer that is the same inline and external.
package struct MailDelivery: MailTesting {
    private let composer: Composer
    private let transport: any MailTransport
    private let time: any TimeSource

    /// Reads templates and trusted authorities.
    ///
    /// - Throws: `Fault` when a template, the CA file or the outbox cannot be used, or when there is no account
    ///   to send from.
    package init(
        settings: MailSettings, brand: BrandSettings, group: any EventLoopGroup, time: any TimeSource
    ) throws(Fault) {
        let composer = try Composer(
            account: settings.account, brand: brand, templatesDirectory: settings.templatesDirectory)
        switch settings.transport {
        case .smtp:
            guard let account = settings.account else {
                throw Fault(
                    code: "mail-no-account", problem: "There is no mail server to send from",
                    remedy: "Fill in email.toml, or set RUNEGATE_MAIL_TRANSPORT=none.")
            }
            let transport = try SMTPTransport(
                account: account, caFile: settings.caFile, group: group, time: time)
            self.init(composer: composer, transport: transport, time: time)
        case .outbox(let directory):
            let transport = try OutboxTransport(directory: directory, time: time)
            self.init(composer: composer, transport: transport, time: time)
        case .none:
            self.init(composer: composer, transport: NoTransport(), time: time)
        }
    }

    init(composer: Composer, transport: any MailTransport, time: any TimeSource) {
        self.composer = composer
        self.transport = transport
        self.time = time
    }

    /// Writes the mail of `job` and delivers it, unless its link has expired.
    package func deliver(_ job: MailJob) async -> MailOutcome {
        await attempt(job).outcome
    }

    package func test(_ recipient: EmailAddress) async -> MailTestReport {
        let job = MailJob(
            id: "test", kind: .test, recipient: recipient, loginURL: "", code: nil, expiryMinutes: 1,
            expiresUnixSeconds: .max)
        let record = await attempt(job)
        switch record.outcome {
        case .sent(let reply):
            return MailTestReport(
                transcript: record.transcript, isDelivered: true, verdict: "The mail was taken: \(reply)",
                remedy: nil)
        case .deferred(_, let detail), .refused(_, let detail):
            return MailTestReport(
                transcript: record.transcript, isDelivered: false, verdict: detail, remedy: record.remedy)
        }
    }

    private func attempt(_ job: MailJob) async -> DeliveryRecord {
        let now = time.now().unixSeconds
        guard now < job.expiresUnixSeconds else {
            return DeliveryRecord(
                outcome: .refused(
                    .expired,
                    detail: job.kind == .recovery
                        ? "it was no news any more" : "the link expired before the mail could leave"),
                transcript: [], remedy: nil)
        }
        do {
            return await transport.deliver(try composer.compose(job, unixSeconds: now))
        } catch {
            return DeliveryRecord(
                outcome: .refused(.unwritable, detail: error.reason), transcript: [], remedy: nil)
        }
    }
}

/// The transport of a gateway without mail.
private struct NoTransport: MailTransport {
    func deliver(_ mail: ComposedMail) async -> DeliveryRecord {
        DeliveryRecord(
            outcome: .refused(.unwritable, detail: "Mail is switched off (RUNEGATE_MAIL_TRANSPORT=none)"),
            transcript: [],
            remedy: "Set up email.toml and RUNEGATE_MAIL_TRANSPORT=smtp, or hand out links with "
                + "`runegate login-link`.")
    }
}
