package import GateConfig
package import GateModel
package import NIOCore

/// Tries whether a mail server can be reached, is who it should be and takes user and password; sends no mail.
package struct MailLogin: Sendable {
    private let delivery: MailDelivery
    private let sender: EmailAddress

    /// Reads trusted authorities from `caFile`, a PEM file, or else from the system.
    ///
    /// - Throws: `Fault` when the file cannot be used.
    package init(
        account: MailAccount, caFile: String?, group: any EventLoopGroup, time: any TimeSource
    ) throws(Fault) {
        let brand = BrandSettings(name: "Runegate", color: "#000000", logo: nil)
        self.delivery = MailDelivery(
            composer: try Composer(account: account, brand: brand, templatesDirectory: nil),
            transport: try SMTPTransport(
                account: account, caFile: caFile, group: group, time: time, endsAfterLogin: true),
            time: time)
        self.sender = account.fromAddress
    }

    /// Nil when it works; else what is wrong, and what to do.
    package func failure() async -> Fault? {
        let report = await delivery.test(sender)
        guard !report.isDelivered else { return nil }
        return Fault(
            code: "mail-login-failed", problem: report.verdict,
            remedy: report.remedy ?? "Look at host, port, user and password.")
    }
}
