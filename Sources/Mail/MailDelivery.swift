package import GateConfig
package import GateModel
package import NIOCore

/// Writes mails and sends them on their way: the part of the mailer that is the same inline and external.
package struct MailDelivery: MailTesting {
    /// Reads templates and trusted authorities.
    ///
    /// - Throws: `Fault` when a template, the CA file or the outbox cannot be used, or when there is no account
    ///   to send from.
    package init(
        settings: MailSettings, brand: BrandSettings, group: any EventLoopGroup, time: any TimeSource
    ) throws(Fault) {
    }

    /// Writes the mail of `job` and delivers it, unless its link has expired.
    package func deliver(_ job: MailJob) async -> MailOutcome {
        .deferred(.interrupted, detail: "not built yet")
    }

    package func test(_ recipient: EmailAddress) async -> MailTestReport {
        MailTestReport(transcript: [], isDelivered: false, verdict: "not built yet", remedy: nil)
    }
}
