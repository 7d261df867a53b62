import Foundation
import GateModel
import Testing

@testable import Mail

/// Header fields that no text can break out of.
struct HeaderTextTests {
    @Test func `plain text stays as it is`() {
        #expect(HeaderText.field("Subject", "Sign in to Acme") == "Subject: Sign in to Acme")
    }

    @Test(arguments: [
        "Grüße an alle", "日本語の件名がとても長いのでどこかで折り返さなければなりませんが文字は切れてはいけません",
        "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", "=?utf-8?B?aGk=?=", String(repeating: "long ", count: 60) + "end",
        "ends in a space ", "",
    ])
    func `any text comes back from another reader`(subject: String) throws {
        let field = HeaderText.field("Subject", subject)
        for line in field.components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 76)
            #expect(line.utf8.allSatisfy { (0x20...0x7e).contains($0) })
        }
        let mail = try MailReader.read(Array("\(field)\r\n\r\n\r\n".utf8))
        #expect(mail.header("Subject") == [subject])
    }

    @Test(arguments: [
        "a\r\nBcc: eve@example.com", "a\nBcc: eve@example.com", "a\rBcc: x", "a\u{0}b", "a\u{85}b\u{2028}c",
    ])
    func `line breaks in a text begin no field`(text: String) throws {
        let sender = try Samples.address("gate@example.com")
        for field in [
            HeaderText.field("Subject", text), HeaderText.field("From", displayName: text, address: sender),
        ] {
            let mail = try MailReader.read(Array("\(field)\r\nX-End: 1\r\n\r\n\r\n".utf8))
            #expect(mail.headers.count == 2)
        }
    }

    @Test(arguments: [
        "Ann", "Ann \"the\\ boss\" O'Neil", "Zoë, Köln", String(repeating: "ö", count: 80), "a <b@c.d>",
    ])
    func `a display name stands before the address`(name: String) throws {
        let field = HeaderText.field(
            "From", displayName: name, address: try Samples.address("gate@example.com"))
        #expect(field.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        let mail = try MailReader.read(Array("\(field)\r\n\r\n\r\n".utf8))
        #expect(mail.defects == [])
        #expect(mail.header("From").first?.hasSuffix("<gate@example.com>") == true)
        // The reader puts a space between encoded words of a name, so spaces do not count here.
        let read = mail.header("From")[0].dropLast("<gate@example.com>".count).filter { $0 != " " }
        let quoted = "\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        #expect([name, quoted].map { $0.filter { $0 != " " } }.contains(read))
    }

    @Test func `an empty name leaves the bare address`() throws {
        let address = try Samples.address("gate@example.com")
        #expect(HeaderText.field("From", displayName: "\r\n", address: address) == "From: gate@example.com")
    }
}
