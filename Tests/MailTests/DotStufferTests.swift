import Testing

@testable import Mail

struct DotStufferTests {
    private func stuff(_ pieces: [[UInt8]]) -> String {
        var stuffer = DotStuffer()
        return String(decoding: pieces.flatMap { stuffer.stuff($0) } + stuffer.end(), as: UTF8.self)
    }

    @Test(arguments: [
        ("a\r\n", "a\r\n.\r\n"), ("a", "a\r\n.\r\n"), ("", ".\r\n"), (".", "..\r\n.\r\n"),
        ("a\r\n\r\n.b\r\n", "a\r\n\r\n..b\r\n.\r\n"), ("a\n.b\n", "a\r\n..b\r\n.\r\n"),
        ("a\r.b\r", "a\r\n..b\r\n.\r\n"), ("\r\n.\r\nMAIL FROM:<x>\r\n", "\r\n..\r\nMAIL FROM:<x>\r\n.\r\n"),
        ("\n.\r\n", "\r\n..\r\n.\r\n"), ("a.b", "a.b\r\n.\r\n"),
    ])
    func `known mails`(mail: String, expected: String) {
        #expect(stuff([Array(mail.utf8)]) == expected)
    }

    @Test func `where the mail is cut changes nothing, and no line of it is a dot`() {
        let alphabet = Array(".\r\na".utf8)
        // Every mail of six bytes over the alphabet, cut at every place.
        for number in 0..<4096 {
            let mail = (0..<6).map { alphabet[number >> ($0 * 2) & 3] }
            let whole = stuff([mail])
            for cut in 1..<6 { #expect(stuff([Array(mail[..<cut]), Array(mail[cut...])]) == whole) }
            #expect(whole.hasSuffix(".\r\n"))
            // The terminator appears at the end only.
            #expect(("\r\n" + whole).ranges(of: "\r\n.\r\n").count == 1)
        }
    }
}
