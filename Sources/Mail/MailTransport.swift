internal import GateModel

/// Takes a written mail out of this process.
protocol MailTransport: Sendable {
    /// Delivers `mail`; cancelling the task ends the attempt as `.deferred(.interrupted, …)`.
    func deliver(_ mail: ComposedMail) async -> DeliveryRecord
}

/// What became of one attempt.
struct DeliveryRecord: Sendable, Equatable {
    let outcome: MailOutcome
    /// The conversation as ``MailTestReport`` shows it; empty where there was none.
    let transcript: [String]
    /// What to do when it went wrong.
    let remedy: String?
}
