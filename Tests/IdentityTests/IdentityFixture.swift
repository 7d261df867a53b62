import GateModel
import Mail
import Store
import TestSupport
import Testing

@testable import Identity

/// The whole module over a database of its own, with a clock in hand.
struct IdentityFixture {
    static let jwtSecret = Secret(text: "0123456789abcdef0123456789abcdef")
    static let sessionKey = Secret(bytes: Array(repeating: 9, count: 64))
    static let origin = "http://localhost:7870"

    let directory: TemporaryDirectory
    let time: ManualTime
    let keyring: Keyring
    let settings: IdentitySettings
    let services: IdentityServices

    init(
        keyring: Keyring = Keyring(jwtSecret: Self.jwtSecret, sessionKey: Self.sessionKey),
        directory: TemporaryDirectory = TemporaryDirectory(), time: ManualTime = ManualTime(),
        statePath: String? = nil, _ change: (inout IdentitySettings) throws -> Void = { _ in }
    ) async throws {
        self.directory = directory
        self.time = time
        self.keyring = keyring
        var settings = IdentitySettings(
            baseURL: try BaseURL(Self.origin),
            policy: AccessPolicy(
                emails: [try EmailAddress("ann@example.com"), try EmailAddress("bob@example.com")],
                domains: [try DomainName("corp.example")]))
        try change(&settings)
        self.settings = settings
        self.services = await IdentityServices(
            settings: settings, keyring: keyring, stateDirectory: statePath ?? directory.path, time: time)
    }

    /// The same directory and clock after the process began again.
    func restarted(
        keyring: Keyring? = nil, _ change: (inout IdentitySettings) throws -> Void = { _ in }
    ) async throws -> IdentityFixture {
        await services.store.close()
        return try await IdentityFixture(
            keyring: keyring ?? self.keyring, directory: directory, time: time, change)
    }

    var signIn: SignIn { services.signIn }
    var sessions: SessionTable { services.sessions }

    static let nonce: [UInt8] = Array(0..<16)

    static func client(_ address: String = "192.0.2.1") throws -> Client {
        Client(address: try IPAddress(address), userAgent: "test")
    }

    func request(
        _ email: String = "ann@example.com", nonce: [UInt8]? = Self.nonce, next: String? = nil,
        from address: String = "192.0.2.1"
    ) async throws -> LinkAnswer {
        await signIn.requestLink(email: email, client: try Self.client(address), nonce: nonce, next: next)
    }

    /// Asks and takes the mail out of the queue.
    func ask(
        _ email: String = "ann@example.com", nonce: [UInt8]? = Self.nonce, next: String? = nil,
        from address: String = "192.0.2.1"
    ) async throws -> MailJob {
        #expect(try await request(email, nonce: nonce, next: next, from: address) == .accepted)
        return try #require(await services.mailQueue.lease())
    }

    /// The token of the link that a mail carries.
    func token(of job: MailJob) throws -> String {
        String(try #require(job.loginURL.split(separator: "=", maxSplits: 1).last))
    }

    /// Signs in by link.
    func enter(_ email: String = "ann@example.com", from address: String = "192.0.2.1") async throws
        -> NewSession
    {
        let token = try self.token(of: try await ask(email, from: address))
        let answer = await signIn.spend(token: token, nonce: Self.nonce, client: try Self.client(address))
        return try #require(answer.session)
    }
}

extension SignInAnswer {
    var session: NewSession? {
        guard case .signedIn(let session) = self else { return nil }
        return session
    }

    var isInvalid: Bool {
        if case .invalid = self { return true }
        return false
    }

    var limit: Limit? {
        guard case .limited(let limit) = self else { return nil }
        return limit
    }
}
