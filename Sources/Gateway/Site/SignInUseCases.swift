import Identity

/// What the site asks of ``Identity``; as values, so that a test can answer in its place.
struct SignInUseCases: Sendable {
    var requestLink:
        @Sendable (_ email: String, Client, _ nonce: [UInt8]?, _ next: String?) async -> LinkAnswer
    var viewLink: @Sendable (_ token: String, _ nonce: [UInt8]?, Client) async -> LinkViewAnswer
    var spendLink: @Sendable (_ token: String, _ nonce: [UInt8]?, Client) async -> SignInAnswer
    var spendCode: @Sendable (_ code: String, _ nonce: [UInt8], Client) async -> SignInAnswer
    /// False when the end could not be made durable.
    var signOut: @Sendable (Session) async -> Bool
    /// Counts a try that is none of the above.
    var countTry: @Sendable (Client) -> Limit? = { _ in nil }
}

extension SignInUseCases {
    init(signIn: SignIn, sessions: SessionTable) {
        self.init(
            requestLink: { await signIn.requestLink(email: $0, client: $1, nonce: $2, next: $3) },
            viewLink: { await signIn.viewLink(token: $0, nonce: $1, client: $2) },
            spendLink: { await signIn.spend(token: $0, nonce: $1, client: $2) },
            spendCode: { await signIn.spend(code: $0, nonce: $1, client: $2) },
            signOut: { session in
                do {
                    try await sessions.end(session)
                    return true
                } catch {
                    return false
                }
            },
            countTry: { signIn.countTry(of: $0) })
    }
}
