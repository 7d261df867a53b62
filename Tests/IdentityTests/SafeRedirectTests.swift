import Foundation
import Testing

@testable import Identity

// `next` stays in this origin. A file of vectors, one a line, may lie in Vectors/openredirects.txt.

@Suite struct SafeRedirectTests {
    @Test(arguments: [
        "/", "/a", "/a/b?c=d&e=%2F", "/a%20b", "/x;y/z", "/view?u=https://example.org/", "/file=/tmp/a.png",
        "/?x", "/a/",
        "/caf%C3%A9", "/queue/join?session_hash=abc", "/..a", "/a..", "/.well-known/x", "/runegate",
        "/a?b//c", "/~ann/(1)",
    ])
    func `an honest path is kept as it is`(next: String) {
        #expect(SafeRedirect.check(next) == next)
    }

    /// Beginnings that browsers, proxies or careless code read as another host.
    private static let beginnings = [
        "//", "///", "////", "/\\", "\\/", "\\\\", "/\\/", "\\", "/%5c", "/%5C", "/%2f", "/%2F", "%2f%2f",
        "/%09/", "/\t/",
        "/\n/", "/\r/", "/\u{b}/", "\t//", " //", "/ /", "/\0/", "/.//", "/..//", "/./\\", "//\\", "/\\\\",
        "/;//", "/%0d%0a/",
        "/%00/", "/%5c%5c", "/%2f%2f", "/%252f%252f", "/%255c", "/x/../\\", "/x/..//", "/x//", "/%2e%2e//",
        "/.%2e/", "/./",
        "/../", "/%2e/", "/%e3%80%80/", "/%c2%a0/", "/%e2%80%ae/", "\u{2028}//", "/\u{3000}/", "/\u{a0}/",
        "\u{2215}\u{2215}",
        "\u{ff0f}\u{ff0f}", "/%20/", "/x/%2f", "/x%2f/", "http://", "https://", "https:", "http:/",
        "https:///", "HTTPS://",
        "ftp://", "//user@", "/@", "///;@", "javascript:", "java\nscript:", "data:text/html,", "?", "#", ".",
        "..", "@", ":",
    ]

    @Test(arguments: beginnings)
    func `nothing leads elsewhere`(beginning: String) {
        for rest in [
            "evil.test", "evil.test/", "evil.test/%2f..", "evil.test?x=/", "[::1]/", "localhost@evil.test",
        ] {
            #expect(SafeRedirect.check(beginning + rest) == nil, "\(beginning + rest)")
        }
    }

    @Test(arguments: [
        "", "a", "*", "/a b", "/a\u{7f}", "/é", "/a%", "/a%2", "/a%zz", "/a#b", "/a\"b", "/<a>",
        "/a\r\nLocation: x", "/x\0",
        "/.runegate/logout", "/.runegate", "/%2erunegate/logout", "/.RUNEGATE/auth?token=x", "/a/%2e%2e/b",
        "/a/./b",
        "/" + String(repeating: "a", count: 2048),
    ])
    func `what is no plain path is refused`(next: String) {
        #expect(SafeRedirect.check(next) == nil)
    }

    @Test func `a vector file, where there is one, leads nowhere`() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Vectors/openredirects.txt")
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
        for line in text.split(separator: "\n") {
            #expect(SafeRedirect.check(String(line)) == nil, "\(line)")
        }
    }
}
