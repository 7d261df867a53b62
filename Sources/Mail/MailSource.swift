/// Where a worker gets its mails from: the queue of this process, or that of `serve` at the other end of
/// the lease socket.
package protocol MailSource: Sendable {
    /// The next mail that is due, which is then the caller's until it reports; nil when none is due now.
    func lease() async -> MailJob?

    /// Ends a lease with what became of the mail.
    func report(_ id: String, _ outcome: MailOutcome) async

    /// Returns when a mail may be due, or when the calling task is cancelled.
    func waitUntilDue() async
}
