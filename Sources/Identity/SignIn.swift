package import GateModel

/// The use cases of signing in: ask for a link, look at it, spend it.
package final class SignIn: Sendable {
    /// Asks for a link by mail.
    ///
    /// `nonce` is 16 random bytes that the asking browser keeps in a cookie; nil binds nothing. `next` is
    /// where to go after signing in with the same nonce; it is dropped unless ``SafeRedirect`` takes it.
    package func requestLink(email: String, client: Client, nonce: [UInt8]?, next: String?) async
        -> LinkAnswer
    {
        .unavailable
    }

    /// Looks at a link without using it up.
    package func viewLink(token: String, nonce: [UInt8]?, client: Client) async -> LinkViewAnswer {
        .unavailable
    }

    /// Spends a link: one durable transaction with the session it makes.
    package func spend(token: String, nonce: [UInt8]?, client: Client) async -> SignInAnswer { .unavailable }

    /// Spends a short code, which counts only in the browser that asked for it.
    package func spend(code: String, nonce: [UInt8], client: Client) async -> SignInAnswer { .unavailable }

    /// The address of a fresh link, for `runegate login-link`: not limited, bound to no browser, not mailed.
    package func issueLink(for email: EmailAddress) async throws(Fault) -> String { "" }
}
