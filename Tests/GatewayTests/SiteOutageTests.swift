import GateModel
import NIOHTTP1
import TestSupport
import Testing
import UpstreamSelection

@testable import Gateway
@testable import Identity

// The page when nothing works, and "mail me when it is back".

@Suite struct SiteOutageTests {
    private func stranded(
        _ layer: Outage.Layer = .tunnelsDown, lasted: Int = 180, session: Session? = nil,
        target: String = "/gallery?page=2", wantsHTML: Bool = true, retries: Bool = true,
        fixture: SiteFixture = SiteFixture(recovery: .answering(.accepted))
    ) throws -> LocalResponse {
        let now = fixture.time.now()
        let since = Moment(
            sinceBoot: now.sinceBoot - .seconds(lasted), unixSeconds: now.unixSeconds - Int64(lasted))
        return try fixture.site().stranded(
            StrandedRequest(
                outage: Outage(layer: layer, since: since), session: session, target: target,
                wantsHTML: wantsHTML, retries: retries))
    }

    @Test(
        arguments: [
            (.boxAway, .serviceUnavailable, "box_away", [.good, .good, .unknown, .broken, .unknown]),
            (.tunnelsDown, .serviceUnavailable, "tunnels_down", [.good, .good, .broken, .unknown, .unknown]),
            (.appDown, .badGateway, "app_down", [.good, .good, .good, .good, .broken]),
        ] as [(Outage.Layer, HTTPResponseStatus, String, [FailureChain.State])])
    func `page and JSON say which layer broke, and since when`(
        layer: Outage.Layer, status: HTTPResponseStatus, code: String, states: [FailureChain.State]
    ) throws {
        let page = try stranded(layer)
        #expect(page.status == status && page.headers["retry-after"] == ["5"])
        #expect(page.text.contains("<h1>\(FailureWords(layer).title)</h1>"))
        #expect(page.text.contains("data-began=\"180\">3 minutes ago<"))
        #expect(page.text.contains("http-equiv=\"refresh\" content=\"5\""))
        let chain = FailureChain(layer)
        #expect(chain.stations.map(chain.state) == states)
        let data = try stranded(layer, wantsHTML: false)
        #expect(data.status == status && data.headers["retry-after"] == ["5"])
        let since = SiteFixture().time.now().unixSeconds - 180
        for member in [
            "\"error\":\"\(code)\"", "\"layer\":\"\(layer.rawValue)\"", "\"lasted_seconds\":180",
            "\"since_unix_seconds\":\(since)", "\"retry_after_seconds\":5",
        ] {
            #expect(data.text.contains(member))
        }
    }

    @Test func `only what may be repeated is tried again by itself`() throws {
        let page = try stranded(session: SiteFixture.session(), retries: false)
        #expect(!page.text.contains("http-equiv=\"refresh\"") && !page.text.contains("name=\"next\""))
    }

    @Test func `the button is for signed-in visitors, where mail leaves`() throws {
        let session = try SiteFixture.session()
        #expect(try !stranded().text.contains("/.runegate/notify"))
        let page = try stranded(session: session).text
        #expect(page.contains("action=\"/.runegate/notify\""))
        #expect(page.contains("name=\"next\" value=\"/gallery?page=2\""))
        let none = SiteFixture(
            environment: ["RUNEGATE_MAIL_TRANSPORT": "none"], recovery: .answering(.accepted))
        #expect(try !stranded(session: session, fixture: none).text.contains("/.runegate/notify"))
        #expect(try !stranded(session: session, fixture: SiteFixture()).text.contains("/.runegate/notify"))
        let awaiting = SiteFixture(recovery: .answering(.accepted, isAwaiting: true))
        let thanks = try stranded(session: session, fixture: awaiting).text
        #expect(!thanks.contains("/.runegate/notify"))
        #expect(thanks.contains("We will write to ann@example.com"))
    }

    @Test func `a target that leads elsewhere is not kept`() throws {
        let page = try stranded(session: SiteFixture.session(), target: "//evil.example/\"><script>").text
        #expect(!page.contains("evil.example"))
    }

    // MARK: The button

    private static let sameOrigin: HTTPHeaders = ["Origin": "http://localhost:7870"]

    private func press(
        _ answer: RecoveryAnswer = .accepted, isBroken: Bool = true, headers: HTTPHeaders = form,
        body: String = "next=%2Fgallery%3Fpage%3D2", session: Session? = nil,
        environment: [String: String] = [:]
    ) async throws -> LocalResponse {
        let fixture = SiteFixture(
            environment: environment, recovery: .answering(answer, isBroken: isBroken))
        var headers = headers
        headers.add(contentsOf: Self.sameOrigin)
        return try await fixture.respond(
            .POST, "/.runegate/notify", headers: headers, body: body, session: session)
    }

    @Test func `a form gets a page that goes on by itself`() async throws {
        let page = try await press(session: SiteFixture.session())
        #expect(page.status == .ok)
        #expect(page.text.contains("We will write to you") && page.text.contains("ann@example.com"))
        #expect(page.text.contains("content=\"5; url=/gallery?page=2\""))
        let elsewhere = try await press(body: "next=%2F%2Fevil.example", session: SiteFixture.session())
        #expect(elsewhere.status == .ok && !elsewhere.text.contains("evil.example"))
    }

    @Test func `programs get JSON`() async throws {
        let session = try SiteFixture.session()
        let json: HTTPHeaders = ["Content-Type": "application/json"]
        for (headers, body) in [(json, "{}"), ([:], "")] as [(HTTPHeaders, String)] {
            let answer = try await press(headers: headers, body: body, session: session)
            #expect(answer.status == .ok && answer.headers["content-type"] == ["application/json"])
            #expect(answer.text.contains("\"status\":\"ok\""))
        }
        let working = try await press(isBroken: false, headers: json, body: "{}", session: session)
        #expect(working.status == .ok && working.text.contains("\"status\":\"working\""))
        let late = try await press(.unavailable, headers: json, body: "{}", session: session)
        #expect(late.status == .serviceUnavailable && late.text.contains("wish_not_kept"))
    }

    @Test func `without a session it is the way to sign in`() async throws {
        #expect(
            try await press(headers: ["Content-Type": "application/json"], body: "{}").status == .unauthorized
        )
        #expect(try await press().headers["location"] == ["/.runegate/login"])
    }

    @Test func `foreign pages press nothing`() async throws {
        let fixture = SiteFixture(recovery: .answering(.accepted))
        let session = try SiteFixture.session()
        for origin in ["https://evil.example", "null"] {
            var headers = form
            headers.add(name: "Origin", value: origin)
            let answer = try await fixture.respond(
                .POST, "/.runegate/notify", headers: headers, session: session)
            #expect(answer.status == .forbidden)
        }
    }

    @Test func `without mail the answer says so`() async throws {
        let answer = try await press(
            session: SiteFixture.session(), environment: ["RUNEGATE_MAIL_TRANSPORT": "none"])
        #expect(answer.status == .conflict && answer.text.contains("sends no mail"))
    }

    @Test func `limits are told like all others`() async throws {
        let limit = Limit(kind: .ip, resetSeconds: 42)
        let answer = try await press(.limited(limit), session: SiteFixture.session())
        #expect(answer.status == .tooManyRequests && answer.headers["retry-after"] == ["42"])
    }

    @Test(arguments: [
        (0, "just now"), (45, "45 seconds ago"), (120, "2 minutes ago"), (7199, "119 minutes ago"),
        (7200, "2 hours ago"), (200_000, "2 days ago"),
    ])
    func `the past is told in one unit`(seconds: Int, words: String) {
        #expect(Words.ago(seconds: seconds) == words)
    }
}

extension RecoveryUseCases {
    static func answering(
        _ answer: RecoveryAnswer, isAwaiting: Bool = false, isBroken: Bool = true
    ) -> RecoveryUseCases {
        RecoveryUseCases(
            isAwaiting: { _ in isAwaiting }, ask: { _, _ in answer }, isBroken: { isBroken })
    }
}
