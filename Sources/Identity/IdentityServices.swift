package import GateModel
import Logging
package import Store

/// Everything of this module, put together over one database.
package final class IdentityServices: Sendable {
    package let sessions: SessionTable
    package let signIn: SignIn
    package let mailQueue: MailQueue
    package let recoveryMails: RecoveryMails
    package let store: StateStore
    private let settings: LiveSettings
    private let keyring: Keyring
    private let limits: Limits
    private let time: any TimeSource
    private let logger = Logger(label: "identity")

    /// How often expired sessions are looked for, and a lost database.
    static let sweepInterval = Duration.seconds(5)
    /// The most that a crash can lose of a session's last use.
    static let saveInterval = Duration.seconds(45)

    /// Opens the database in the directory, or goes on without one until it can be opened.
    package init(
        settings: IdentitySettings, keyring: Keyring, stateDirectory: String,
        time: any TimeSource = SystemTime()
    ) async {
        let live = LiveSettings(settings)
        self.settings = live
        self.keyring = keyring
        self.time = time
        self.limits = Limits(rates: settings.rates, time: time)
        self.store = StateStore(directory: stateDirectory, sealing: keyring.sealing, time: time)
        self.sessions = SessionTable(store: store, keys: keyring.session, settings: live, time: time)
        self.mailQueue = MailQueue(store: store, settings: live, time: time)
        self.recoveryMails = RecoveryMails(
            store: store, sessions: sessions, mails: mailQueue, limits: limits, time: time)
        self.signIn = SignIn(
            store: store, keyring: keyring, sessions: sessions, mails: mailQueue, limits: limits,
            settings: live,
            time: time)
        // Without a database the store has said so, and says it again when it is back.
        try? await sessions.synchronize()
    }

    /// Signing in at the owner's door, over the same database, sessions, limits and mails.
    ///
    /// A reload makes a new one. Whom the app's policy does not allow is signed out here too.
    package func signInAtOwnersDoor(_ settings: IdentitySettings) -> SignIn {
        SignIn(
            store: store, keyring: keyring, sessions: sessions, mails: mailQueue, limits: limits,
            settings: LiveSettings(settings), door: .owner, time: time)
    }

    /// The settings in force.
    package var currentSettings: IdentitySettings { settings.current }

    /// Takes new settings, at reload: whoever the policy no longer allows is signed out.
    package func apply(_ settings: IdentitySettings) async {
        self.settings.replace(by: settings)
        limits.apply(settings.rates)
        do throws(Fault) {
            try await sessions.settingsChanged()
        } catch {
            logger.error("ends of sessions are not durable yet", metadata: ["why": "\(error)"])
        }
    }

    /// Ends what expires, writes last uses in batches, purges, and opens a lost database again; until cancelled.
    package func run() async {
        var lastSave = time.now().sinceBoot
        while (try? await Task.sleep(for: Self.sweepInterval)) != nil {
            await sweep()
            guard time.now().sinceBoot - lastSave >= Self.saveInterval else { continue }
            lastSave = time.now().sinceBoot
            await save()
        }
        await save()
    }

    /// What is done every few seconds; a failure is the store's to report, and the next turn's to mend.
    func sweep() async {
        try? await sessions.synchronize()
        try? await sessions.sweep()
    }

    /// What is done about once a minute, and at the end.
    func save() async {
        try? await sessions.saveLastUses()
        try? await store.purgeLinks()
        try? await store.purgeAwaiting()
        await recoveryMails.refresh()
    }
}
