package import GateModel

/// Sends one test mail and tells what happened.
package protocol MailTesting: Sendable {
    func test(_ recipient: EmailAddress) async -> MailTestReport
}

/// What `runegate mail test` shows.
package struct MailTestReport: Sendable, Equatable, Codable {
    /// The conversation, one line each: `S:` the server, `C:` Runegate, `*` what happened in between.
    ///
    /// The password is not in it.
    package let transcript: [String]
    package let isDelivered: Bool
    /// What happened, in one sentence.
    package let verdict: String
    /// What to do about it; nil when there is nothing to do.
    package let remedy: String?

    package init(transcript: [String], isDelivered: Bool, verdict: String, remedy: String?) {
        self.transcript = transcript
        self.isDelivered = isDelivered
        self.verdict = verdict
        self.remedy = remedy
    }
}
