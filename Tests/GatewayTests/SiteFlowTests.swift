import Foundation
import GateConfig
import GateModel
import Mail
import NIOHTTP1
import TestSupport
import Testing

@testable import Gateway
@testable import Identity

/// The whole way through the real Identity: ask, open, confirm, type, sign out.
@Suite struct SiteFlowTests {
    /// One visitor's browser: its cookies, and what it sends along.
    private final class Browser {
        private var jar: [String: String] = [:]

        var headers: HTTPHeaders {
            var headers: HTTPHeaders = [
                "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Mode": "navigate",
            ]
            let pairs = jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            if !pairs.isEmpty { headers.add(name: "Cookie", value: pairs.joined(separator: "; ")) }
            return headers
        }

        func cookie(_ name: String) -> String? { jar[name] }

        func keep(_ response: LocalResponse) {
            for field in response.headers["set-cookie"] {
                let pair = field.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
                jar[pair[0]] = field.contains("Max-Age=0") || pair.count < 2 ? nil : pair[1]
            }
        }
    }

    private struct Stage {
        let site: Site
        let identity: IdentityServices
        let directory: String

        init(_ environment: [String: String] = [:]) async throws {
            directory = FileManager.default.temporaryDirectory.path + "/runegate-site-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
            var variables = [
                "RUNEGATE_ALLOW_ANY_EMAIL": "false", "RUNEGATE_ALLOWED_EMAILS": "ann@example.com",
            ]
            variables.merge(environment) { $1 }
            let settings = try SiteFixture(environment: variables).settings()
            identity = await IdentityServices(
                settings: IdentitySettings(settings), keyring: Keyring(settings.tokens),
                stateDirectory: directory,
                time: ManualTime())
            site = try Site(
                settings: settings, signIn: identity.signIn, sessions: identity.sessions, version: "0.0.0")
        }

        /// Sends a request as this browser, which keeps what cookies come back.
        func send(
            _ browser: Browser, _ method: HTTPMethod, _ target: String, body: String = ""
        ) async throws -> LocalResponse {
            let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
            let session = browser.cookie("runegate_id").flatMap {
                identity.sessions.authenticate($0)?.session
            }
            let request = LocalRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
                headers: browser.headers,
                body: Array(body.utf8), client: SiteFixture.client, session: session)
            let route = try #require(
                site.route(
                    method: method, path: request.path, query: request.query, isSignedIn: session != nil))
            let response = await site.respond(to: request, route: route)
            browser.keep(response)
            return response
        }

        /// The target of the link in the next mail, and its code.
        func mail() async throws -> (target: String, code: String) {
            let job = try #require(await identity.mailQueue.lease())
            await identity.mailQueue.report(job.id, .sent(reply: "250 ok"))
            let origin = site.settings.baseURL.origin
            #expect(job.loginURL.hasPrefix(origin + "/.runegate/auth?token="))
            return (String(job.loginURL.dropFirst(origin.count)), try #require(job.code))
        }

        func clean() {
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    @Test func `asking, one click, signing out`() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        let browser = Browser()
        let asked = try await stage.send(
            browser, .POST, "/.runegate/login", body: "email=ann%40example.com&next=/queue")
        #expect(asked.status == .ok)
        let (target, _) = try await stage.mail()

        let opened = try await stage.send(browser, .GET, target)
        #expect(opened.status == .seeOther)
        #expect(opened.headers["location"] == ["/queue"])
        let cookie = try #require(browser.cookie("runegate_id"))
        #expect(stage.identity.sessions.authenticate(cookie)?.session.user == "ann@example.com")

        let stranger = Browser()
        #expect(try await stage.send(stranger, .GET, target).status == .unauthorized)

        let ended = try await stage.send(browser, .POST, "/.runegate/logout")
        #expect(ended.status == .seeOther)
        #expect(browser.cookie("runegate_id") == nil)
        #expect(stage.identity.sessions.authenticate(cookie) == nil)
    }

    @Test func `scanners do not use the link up, and another browser confirms once`() async throws {
        let stage = try await Stage(["RUNEGATE_RATE_LIMIT_ENABLED": "false"])
        defer { stage.clean() }
        let asking = Browser()
        _ = try await stage.send(
            asking, .POST, "/.runegate/login", body: "email=ann%40example.com&next=/queue")
        let (target, _) = try await stage.mail()
        for _ in 0..<20 {
            #expect(try await stage.send(Browser(), .HEAD, target).status == .ok)
            #expect(try await stage.send(Browser(), .GET, target).status == .ok)
        }
        let other = Browser()
        let page = try await stage.send(other, .GET, target)
        #expect(other.cookie("runegate_id") == nil)
        #expect(page.text.contains("ann@example.com"))
        let fields = ["token", "confirm"].compactMap { name -> String? in
            let start = page.text.firstRange(of: "name=\"\(name)\" value=\"")?.upperBound
            return start.map { name + "=" + page.text[$0...].prefix { $0 != "\"" } }
        }
        let body = fields.joined(separator: "&")
        let confirmed = try await stage.send(other, .POST, "/.runegate/auth", body: body)
        #expect(confirmed.status == .seeOther)
        // The page first asked for belongs to the browser that asked.
        #expect(confirmed.headers["location"] == ["/"])
        #expect(try await stage.send(asking, .GET, target).status == .unauthorized)
    }

    @Test func `the code signs in where it was asked for, and nowhere else`() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        let browser = Browser()
        _ = try await stage.send(browser, .POST, "/.runegate/login", body: "email=ann%40example.com")
        let (_, code) = try await stage.mail()
        let other = try await stage.send(Browser(), .POST, "/.runegate/code", body: "code=" + code)
        #expect(other.status == .unauthorized)
        let typed = code.lowercased()
        let own = try await stage.send(browser, .POST, "/.runegate/code", body: "code=" + typed)
        #expect(own.status == .seeOther)
        #expect(browser.cookie("runegate_id") != nil)
    }

    @Test func `listed and unlisted addresses get the same bytes`() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        let browser = Browser()
        _ = try await stage.send(browser, .GET, "/.runegate/login")
        _ = try await stage.send(browser, .POST, "/.runegate/login", body: "email=first%40example.com")
        let listed = try await stage.send(browser, .POST, "/.runegate/login", body: "email=ann%40example.com")
        let unlisted = try await stage.send(
            browser, .POST, "/.runegate/login", body: "email=eve%40example.org")
        #expect(listed.body == unlisted.body)
        #expect(listed.headers.map { "\($0)" } == unlisted.headers.map { "\($0)" })
        let again = try await stage.send(browser, .POST, "/.runegate/login", body: "email=eve%40example.org")
        #expect(again.headers["x-ratelimit-exceeded"] == ["Email"])
        #expect(try await stage.mail().target.isEmpty == false)
        #expect(await stage.identity.mailQueue.lease() == nil)
    }

    @Test func `eleven wrong links are ten 401 and one 429`() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        var statuses: [HTTPResponseStatus] = []
        for _ in 0..<11 {
            statuses.append(try await stage.send(Browser(), .GET, "/auth?token=invalid_token").status)
        }
        #expect(statuses == Array(repeating: .unauthorized, count: 10) + [.tooManyRequests])
    }

    @Test func `six quick requests are five answers and one 429`() async throws {
        let stage = try await Stage()
        defer { stage.clean() }
        var statuses: [HTTPResponseStatus] = []
        for number in 0..<6 {
            let body = "email=u\(number)%40example.com"
            statuses.append(try await stage.send(Browser(), .POST, "/login", body: body).status)
        }
        #expect(statuses == Array(repeating: .ok, count: 5) + [.tooManyRequests])
    }
}
