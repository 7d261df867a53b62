import Cryptography
import GateModel
import NIOHTTP1
import Testing

@testable import Gateway
@testable import Identity

@Suite struct PagesTests {
    /// Texts that try to become markup.
    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onfocus='x", "&lt;", "a&b", "<!--",
        "]]>",
        "\u{202e}gpj.exe", "\u{0}\u{8}\u{1b}[31m", "\u{2028}</p>", "﹤script﹥", "<\u{338}",
    ]

    @Test(arguments: hostile) func `text never becomes markup`(text: String) {
        let html: HTML = "\(text)"
        for scalar in "<>\"'\u{202e}\u{0}\u{1b}".unicodeScalars {
            #expect(!html.text.unicodeScalars.contains(scalar))
        }
        let references = ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].map { Array($0.utf8) }
        let bytes = html.bytes
        for index in bytes.indices where bytes[index] == UInt8(ascii: "&") {
            #expect(references.contains { bytes[index...].starts(with: $0) })
        }
    }

    @Test func `escaping keeps every harmless text, and random text has no markup`() {
        #expect(HTMLText.escaped("Ünïcödé \u{1f600} a-b_c@d.e/?=") == "Ünïcödé \u{1f600} a-b_c@d.e/?=")
        for _ in 0..<2000 {
            let scalars = (0..<20).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0...0x2fff)) }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars + ["<", "\"", "'", "&"])
            let escaped = HTMLText.escaped(String(text)).unicodeScalars
            #expect(!escaped.contains("<") && !escaped.contains("\"") && !escaped.contains("'"))
        }
    }

    @Test(arguments: hostile) func `a hostile brand, address or next stays text on every page`(text: String)
        throws
    {
        let layout = PageLayout(brand: text, assets: Assets(accent: AccentColor("#336699"), logo: nil))
        let form = ConfirmForm(
            account: text, token: text, confirmation: text, requestedAt: 0, requestedBy: SiteFixture.client,
            signedInAs: text)
        let pages = [
            layout.signIn(SignInForm(next: text, notice: .malformedAddress(text), hasMail: true)),
            layout.askOwner(),
            layout.signedIn(user: text), layout.checkMail(minutes: 15, isCodeWrong: true),
            layout.confirm(form),
            layout.failure(FailureWords(code: text, title: text, text: text)),
        ]
        for page in pages {
            #expect(page.text.components(of: "<script").count == 1)
            #expect(!page.text.contains("<img") && !page.text.contains("<!--"))
            #expect(!page.text.contains("onfocus='"))
        }
    }

    @Test func `the policy names the script in the page by its hash`() throws {
        let page = try SiteFixture().site().failure(.appDown, wantsHTML: true).text
        let start = try #require(page.firstRange(of: "<script>")).upperBound
        let end = try #require(page.firstRange(of: "</script>")).lowerBound
        let script = page[start..<end]
        let digest = Base64URL.encode(SHA256.hash(script.utf8))
            .map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }
        #expect(PageScript.integrity == "sha256-" + String(digest) + "=")
        #expect(LocalResponse.contentSecurityPolicy.contains("script-src '\(PageScript.integrity)'"))
    }

    @Test func `pages load nothing but our own assets, and work without inline styles`() throws {
        let site = try SiteFixture().site()
        let page = site.layout.signIn(SignInForm(next: nil, notice: nil, hasMail: true)).text
        #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("style="))
        for path in [site.assets.stylePath, site.assets.iconPath] {
            #expect(page.contains("\"\(path)\""))
            #expect(site.route(method: .GET, path: path, query: nil, isSignedIn: false) != .notFound)
        }
        #expect(page.contains("<html lang=\"en\">") && page.contains("width=device-width"))
        #expect(page.contains("<label for=\"email\">") && page.contains("autocomplete=\"email\""))
    }

    @Test func `assets may be kept for good and run nothing`() async throws {
        let fixture = SiteFixture()
        let answer = try await fixture.respond(.GET, try fixture.site().assets.iconPath)
        #expect(answer.status == .ok)
        #expect(answer.headers["content-type"] == ["image/svg+xml"])
        #expect(answer.headers["cache-control"] == ["public, max-age=31536000, immutable"])
        #expect(answer.headers["content-security-policy"].first?.hasSuffix("sandbox") == true)
        #expect(answer.headers["x-content-type-options"] == ["nosniff"])
    }

    @Test func `names of assets change with their content`() {
        let one = Assets(accent: AccentColor("#336699"), logo: nil)
        let two = Assets(accent: AccentColor("#336698"), logo: nil)
        #expect(one.stylePath != two.stylePath && one.iconPath != two.iconPath)
        #expect(one.stylePath == Assets(accent: AccentColor("#336699"), logo: nil).stylePath)
    }

    @Test(
        arguments: [
            (0, "1 January, 00:00 UTC"), (951_782_400, "29 February, 00:00 UTC"),
            (951_868_799, "29 February, 23:59 UTC"),
            (1_709_251_200, "1 March, 00:00 UTC"), (1_790_000_000, "21 September, 14:13 UTC"),
            (4_107_542_400, "1 March, 00:00 UTC"), (-1, "31 December, 23:59 UTC"),
        ] as [(Int64, String)])
    func `moments are read in the Gregorian calendar`(unixSeconds: Int64, text: String) {
        #expect(UTCTime(unixSeconds: unixSeconds).description == text)
    }

    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari on iPhone"
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Something on Linux", "a browser on Linux"), ("curl/8.0", nil), ("", nil),
    ])
    func `browsers are called what people call them`(userAgent: String, words: String?) {
        #expect(BrowserName(userAgent: userAgent).words == words)
    }

    @Test func `a logo is SVG or PNG, and nothing else`() {
        #expect(BrandLogo(bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0])?.format == .png)
        #expect(BrandLogo(bytes: Array("<?xml?><svg/>".utf8))?.format == .svg)
        #expect(BrandLogo(bytes: Array("<html>".utf8)) == nil)
        #expect(throws: Fault.self) { try BrandLogo.read(path: "/nowhere/logo.svg") }
        #expect(throws: Fault.self) { try BrandLogo.read(path: "/dev/zero") }
    }
}

extension String {
    /// What stands behind each occurrence of the separator.
    fileprivate func components(of separator: String) -> [Substring] {
        ranges(of: separator).map { self[$0.upperBound...] }
    }
}
