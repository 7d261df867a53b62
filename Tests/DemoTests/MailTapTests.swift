import Foundation
import Synchronization
import Testing

@testable import Demo

/// Reading mails, and noticing them in a directory.
@Suite(.timeLimit(.minutes(1)))
struct MailTapTests {
    private static let link = "http://localhost:7870/.runegate/auth?token=abc.def=.ghi"

    private static let multipart = """
        From: Runegate <gate@example.com>
        To: ann@example.com
        Subject: Sign in
        Content-Type: multipart/alternative;
         boundary="frontier"

        --frontier
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        Hello =E2=80=93 open http://localhost:7870/.runegate/auth?token=3Dabc=
        .def=3D.ghi
        Or type this code: ABCD-EFG2

        --frontier
        Content-Type: text/html

        <a href="http://wrong.example.com/">no</a>
        --frontier--
        """

    @Test func `the text part of a quoted-printable multipart is read`() throws {
        let letter = try #require(Letter(Self.multipart.replacing("\n", with: "\r\n")))
        #expect(letter.recipient == "ann@example.com")
        #expect(letter.text.hasPrefix("Hello – open"))
        #expect(letter.link == Self.link)
        #expect(letter.code == "ABCD-EFG2")
    }

    @Test func `a base64 text is read`() throws {
        let text = Data("Open \(Self.link) now".utf8).base64EncodedString()
        let letter = try #require(
            Letter(
                "To: b@example.com\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n\(text)"))
        #expect(letter.link == Self.link)
        #expect(letter.code == nil)
    }

    @Test(arguments: ["", "no empty line", "Content-Type: image/png\n\nbytes", "\n\n"])
    func `what is no text letter has no link`(message: String) {
        #expect(Letter(message)?.link == nil)
    }

    @Test func `the link stands alone on its line`() throws {
        let letter = try #require(Letter(Self.multipart))
        let notice = DemoMailTap.notice(of: letter)
        #expect(notice.split(separator: "\n").contains(Substring(Self.link)))
        #expect(notice.contains("ann@example.com"))
        #expect(notice.contains("ABCD-EFG2"))
    }

    @Test func `a mail that appears in the outbox is shown, an unfinished one is not`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "outbox-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        let (shown, continuation) = AsyncStream.makeStream(of: String.self)
        let tap = try await DemoMailTap.start(outbox: directory.path) { continuation.yield($0) }
        let content = Data(Self.multipart.utf8)
        try content.write(to: directory.appending(path: ".1.eml"))
        try FileManager.default.moveItem(
            at: directory.appending(path: ".1.eml"), to: directory.appending(path: "1.eml"))
        try content.write(to: directory.appending(path: "2.eml"))
        var iterator = shown.makeAsyncIterator()
        #expect(await iterator.next()?.contains(Self.link) == true)
        #expect(await iterator.next()?.contains(Self.link) == true)
        await tap.stop()
        continuation.finish()
        #expect(await iterator.next() == nil)
    }
}
