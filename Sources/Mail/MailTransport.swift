internal import GateModel

/// Takes a written mail out of this process.
protocol MailTransport: Sendable {
    /// Delivers `mail`; cancelling the task ends the attempt as `.deferred(.interrupted, …)`.
    func deliver(_ mail: ComposedMail) async -> DeliveryRecord
}

/// What became of one attempt.
struct DeliveryRecord: Sendable, Equatable {
    let outcome: MailOutcome
    /// The conversation as ``MailTestReport`` shows it.
    let transcript: [String]
    /// What to do when it went wrong.
    let remedy: String?

    init(outcome: MailOutcome, transcript: [String], remedy: String?) {
        self.outcome = outcome
        self.transcript = transcript
        self.remedy = remedy
    }

    /// The end of a conversation over SMTP: the server's reply, or why there is none.
    init(_ result: Result<String, SMTPFailure>, transcript: SMTPTranscript) {
        var transcript = transcript
        switch result {
        case .success(let reply):
            self.init(outcome: .sent(reply: reply), transcript: transcript.lines, remedy: nil)
        case .failure(let failure):
            transcript.note(failure.problem)
            self.init(outcome: failure.outcome, transcript: transcript.lines, remedy: failure.remedy)
        }
    }
}
