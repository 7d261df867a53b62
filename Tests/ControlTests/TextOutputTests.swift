import GateModel
import Mail
import Testing

@testable import Control

/// What verbs print for people.
struct TextOutputTests {
    @Test(arguments: [
        (-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (65, "1m 5s"), (3600, "1h"), (3661, "1h 1m"),
        (187_200, "2d 4h"), (86_405, "1d"),
    ])
    func `spans have two units at most`(seconds: Int64, words: String) {
        #expect(Span.words(seconds) == words)
    }

    @Test func `sessions are aligned, and a browser's name cannot steer the terminal`() {
        var session = OwnerFixture.session
        session.userAgent = "\u{1b}[31mred\u{202e}"
        #expect(
            SessionListing.lines([session], hasColor: false) == [
                "ID                USER             LAST USE   ENDS   ADDRESS    BROWSER",
                "0123456789abcdef  ann@example.com  1m 5s ago  in 1d  192.0.2.7  \u{fffd}[31mred\u{fffd}",
            ])
        #expect(SessionListing.lines([session], hasColor: true).first?.hasPrefix("\u{1b}[2mID") == true)
    }

    @Test func `nobody is one sentence`() {
        #expect(SessionListing.lines([], hasColor: true) == ["Nobody is signed in."])
    }

    @Test func `a link is said to work once, and for how long`() {
        let link = IssuedLink(url: "http://localhost/", email: "ann@example.com", expiresInSeconds: 900)
        #expect(LinkNotice.explanation(of: link).contains("works once, for 15 minutes,"))
    }

    @Test func `a code that the terminal would wrap is not drawn`() {
        let link = IssuedLink(url: "http://localhost/", email: "ann@example.com", expiresInSeconds: 900)
        let width = LinkNotice.qrLines(of: link, hasColor: false, columns: nil)[0].count
        #expect(LinkNotice.qrLines(of: link, hasColor: false, columns: width).count > 10)
        #expect(LinkNotice.qrLines(of: link, hasColor: false, columns: width - 1).count == 1)
    }

    @Test func `a mail test ends in verdict and remedy`() {
        let report = MailTestReport(
            transcript: ["S: 220 \u{7}hello"], isDelivered: false, verdict: "No login",
            remedy: "Check smtp_user")
        #expect(
            MailTestNotice.lines(report, hasColor: false) == [
                "  S: 220 \u{fffd}hello", "", "FAILED - No login", "Check smtp_user",
            ])
        #expect(MailTestNotice.lines(report, hasColor: true)[2] == "\u{1b}[1;31mFAILED - No login\u{1b}[0m")
    }
}
