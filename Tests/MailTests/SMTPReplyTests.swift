import Testing

@testable import Mail

struct SMTPReplyTests {
    private func parse(_ text: String) throws -> [SMTPReply] {
        var parser = SMTPReplyParser()
        parser.append(Array(text.utf8))
        var replies: [SMTPReply] = []
        while let reply = try parser.next() { replies.append(reply) }
        return replies
    }

    @Test func `one line, several lines, no text`() throws {
        #expect(try parse("220 hello\r\n") == [SMTPReply(code: 220, lines: ["hello"])])
        #expect(
            try parse("250-a\r\n250-b c\r\n250 d\r\n") == [SMTPReply(code: 250, lines: ["a", "b c", "d"])])
        #expect(try parse("354\r\n") == [SMTPReply(code: 354, lines: [])])
        #expect(try parse("220 bare\n") == [SMTPReply(code: 220, lines: ["bare"])])
    }

    @Test func `where the bytes are cut changes nothing`() throws {
        let text = "250-one\r\n250-two\r\n250 three\r\n220 next\r\n"
        var parser = SMTPReplyParser()
        var replies: [SMTPReply] = []
        for byte in text.utf8 {
            parser.append([byte])
            while let reply = try parser.next() { replies.append(reply) }
        }
        #expect(replies == (try parse(text)))
        #expect(parser.bufferedBytes == 0)
    }

    @Test(arguments: [
        "hello\r\n", "25 x\r\n", "250x\r\n", "150 x\r\n", "650 x\r\n", "250-a\r\n251 b\r\n", "\r\n",
        "２50 x\r\n",
    ])
    func `what is no reply is refused`(text: String) {
        #expect(throws: SMTPReplyError.self) { try parse(text) }
    }

    @Test func `a reply without end is cut`() {
        #expect(throws: SMTPReplyError.oversized) { try parse(String(repeating: "250-x\r\n", count: 1000)) }
        #expect(throws: SMTPReplyError.oversized) { try parse("250 " + String(repeating: "x", count: 5000)) }
        #expect(throws: SMTPReplyError.oversized) {
            try parse("250 " + String(repeating: "x", count: 5000) + "\r\n")
        }
    }

    @Test func `offers are read in any case, and size zero is no limit`() {
        let reply = SMTPReply(
            code: 250,
            lines: ["STARTTLS", "starttls", "AUTH=LOGIN", "auth plain XOAUTH2", "size 1000", "8BITMIME"])
        let offers = SMTPExtensions(reply)
        #expect(offers.offersStartTLS && offers.offersSize)
        #expect(offers.mechanisms == ["LOGIN", "PLAIN", "XOAUTH2"])
        #expect(offers.maximumBytes == 1000)
        #expect(SMTPExtensions(SMTPReply(code: 250, lines: ["x", "SIZE 0"])).maximumBytes == nil)
        // The first line is the server's name, not an offer.
        #expect(!SMTPExtensions(SMTPReply(code: 250, lines: ["STARTTLS"])).offersStartTLS)
    }
}
