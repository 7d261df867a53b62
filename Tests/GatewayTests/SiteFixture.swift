import Cryptography
import GateConfig
import GateModel
import NIOHTTP1
import Synchronization
import TestSupport

@testable import Gateway
@testable import Identity

// A site with scripted answers in Identity's place, and requests to put to it.

/// What a scripted ``SignInUseCases`` was asked, in order.
final class AskedUseCases: Sendable {
    enum Question: Equatable, Sendable {
        case requestLink(email: String, nonce: [UInt8]?, next: String?)
        case viewLink(token: String, nonce: [UInt8]?)
        case spendLink(token: String, nonce: [UInt8]?)
        case spendCode(code: String, nonce: [UInt8])
        case signOut(user: String)
    }

    private let log = Mutex<[Question]>([])

    var questions: [Question] { log.withLock { $0 } }

    func note(_ question: Question) { log.withLock { $0.append(question) } }
}

/// A site, and how Identity answers it.
struct SiteFixture {
    var environment: [String: String] = [:]
    var linkAnswer: LinkAnswer = .accepted
    var view: LinkViewAnswer = .invalid
    var signIn: SignInAnswer = .invalid
    var signsOutDurably = true
    var recovery: RecoveryUseCases?
    let time = ManualTime()
    /// The answer to each try that is counted elsewhere.
    var limit: Limit?
    var enrollRelay: EnrollRelay?
    let asked = AskedUseCases()

    static let client = Client(
        address: IPAddress(bytes: [192, 0, 2, 7]),
        userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0")

    func settings() throws -> Settings {
        var variables = ["RUNEGATE_STATE_DIR": "/nowhere", "RUNEGATE_ALLOW_ANY_EMAIL": "true"]
        variables["RUNEGATE_MAIL_TRANSPORT"] = "outbox:/nowhere"
        variables["RUNEGATE_SESSION_KEY"] = Hex.encode(UInt8(0)..<64)
        variables.merge(environment) { $1 }
        return try ConfigLoader.load(ConfigSources(environment: variables)).settings.get()
    }

    func site() throws -> Site {
        try Site(
            settings: settings(), useCases: useCases(), version: "0.0.0", recovery: recovery,
            enrollRelay: enrollRelay, time: time)
    }

    /// The site of the owner's door; its page says what it was asked.
    func ownerSite() throws -> Site {
        guard let own = try settings().atOwnersDoor else { throw NotOurs() }
        return try Site(settings: own, useCases: useCases(), version: "0.0.0") { request, admin in
            LocalResponse(
                status: .ok, headers: ["content-security-policy": "default-src 'none'"],
                body: Array("\(request.method) \(request.path) for \(admin.user)".utf8))
        }
    }

    private func useCases() -> SignInUseCases {
        let (asked, linkAnswer, view, signIn, signsOut) = (asked, linkAnswer, view, signIn, signsOutDurably)
        return SignInUseCases(
            requestLink: {
                asked.note(.requestLink(email: $0, nonce: $2, next: $3))
                return linkAnswer
            },
            viewLink: { token, nonce, _ in
                asked.note(.viewLink(token: token, nonce: nonce))
                return view
            },
            spendLink: { token, nonce, _ in
                asked.note(.spendLink(token: token, nonce: nonce))
                return signIn
            },
            spendCode: { code, nonce, _ in
                asked.note(.spendCode(code: code, nonce: nonce))
                return signIn
            },
            signOut: {
                asked.note(.signOut(user: $0.user))
                return signsOut
            },
            countTry: { [limit] _ in limit })
    }

    /// Puts a request to the site as the edge does.
    func respond(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: String = "",
        session: Session? = nil
    ) async throws -> LocalResponse {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(
            String.init)
        let request = LocalRequest(
            method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
            body: Array(body.utf8), client: Self.client, session: session)
        let site = try site()
        let route = site.route(
            method: method, path: parts[0], query: request.query, isSignedIn: session != nil)
        guard let route else { throw NotOurs() }
        return await site.respond(to: request, route: route)
    }

    struct NotOurs: Error {}

    static func session(_ user: String = "ann@example.com") throws -> Session {
        Session(
            id: SessionID(identifier: user), email: try EmailAddress(user),
            begun: SessionBeginning(unixSeconds: 1_790_000_000, client: client), begunMilliseconds: 0,
            lifeMilliseconds: 1000, lastUseMilliseconds: 0)
    }

    static func newSession(next: String? = nil) throws -> NewSession {
        NewSession(
            session: try session(), cookieValue: "new.session.value",
            email: try EmailAddress("ann@example.com"),
            next: next, expiresIn: .seconds(7 * 86_400))
    }

    static func linkView(isSameBrowser: Bool = true) throws -> LinkView {
        LinkView(
            account: try EmailAddress("ann@example.com"), isSameBrowser: isSameBrowser,
            requestedAt: 1_790_000_000, requestedBy: client, expiresIn: .seconds(600))
    }
}

/// Headers of a browser's navigation.
let navigation: HTTPHeaders = ["Sec-Fetch-Mode": "navigate", "Accept": "text/html"]
/// Headers of a form.
let form: HTTPHeaders = ["Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"]

extension LocalResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A nonce and its cookie.
let nonce = [UInt8](repeating: 7, count: 16)
let nonceCookie = "runegate_nonce=" + BrowserNonce.encode(nonce)
