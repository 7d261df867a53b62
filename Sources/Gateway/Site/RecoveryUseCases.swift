package import GateModel
package import Identity

/// What the site asks about those who want a mail when the app is back; as values, so that a test can answer.
package struct RecoveryUseCases: Sendable {
    /// Whether the address waits already; memory only.
    var isAwaiting: @Sendable (EmailAddress) -> Bool
    var ask: @Sendable (Session, Client) async -> RecoveryAnswer
    /// Whether the app is out of reach now.
    var isBroken: @Sendable () -> Bool

    package init(
        isAwaiting: @escaping @Sendable (EmailAddress) -> Bool,
        ask: @escaping @Sendable (Session, Client) async -> RecoveryAnswer,
        isBroken: @escaping @Sendable () -> Bool
    ) {
        self.isAwaiting = isAwaiting
        self.ask = ask
        self.isBroken = isBroken
    }

    package init(_ mails: RecoveryMails, isBroken: @escaping @Sendable () -> Bool) {
        self.init(
            isAwaiting: { mails.isAwaiting($0) }, ask: { await mails.ask($0, client: $1) },
            isBroken: isBroken)
    }
}
