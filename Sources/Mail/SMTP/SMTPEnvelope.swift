internal import GateConfig
internal import GateModel

/// What one conversation needs to know before it begins.
struct SMTPEnvelope: Sendable, Equatable {
    struct Credentials: Sendable, Equatable {
        let user: String
        let password: Secret
    }

    let host: String
    let security: MailAccount.Security
    let credentials: Credentials?
    /// How we introduce ourselves: the address of this end as a literal (RFC 5321 §4.1.3), which is true
    /// behind NAT too and needs no name of this machine.
    let helloName: String
    /// Whether the peer is this very machine.
    let isPeerLoopback: Bool
    let sender: EmailAddress
    let recipient: EmailAddress
    let messageBytes: Int
    /// Whether it is over once the server has let us in.
    var endsAfterLogin = false
}
