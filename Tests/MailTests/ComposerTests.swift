import Foundation
import GateConfig
import GateModel
import Testing

@testable import Mail

/// Whole mails, read back by another program.
struct ComposerTests {
    private let now: Int64 = 1_790_000_000

    private func read(
        _ job: MailJob? = nil, account: MailAccount? = nil, directory: String? = nil, at time: Int64? = nil
    ) throws -> MailReader {
        let composer = try Composer(
            account: try account ?? Samples.account(), brand: Samples.brand, templatesDirectory: directory)
        let mail = try composer.compose(try job ?? Samples.job(), unixSeconds: time ?? now)
        for line in String(decoding: mail.message, as: UTF8.self).components(separatedBy: "\r\n") {
            #expect(line.utf8.count <= 78)
            #expect(line.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x09 })
        }
        return try MailReader.read(mail.message)
    }

    @Test func `the built-in mail has both forms and every header`() throws {
        let job = try Samples.job()
        let mail = try read(account: Samples.account(fromName: "Acme, Söhne"))
        #expect(mail.defects == [])
        #expect(mail.types == ["multipart/alternative", "text/plain", "text/html"])
        #expect(mail.header("Subject") == ["Sign in to Acme & Söhne"])
        #expect(mail.header("To") == ["ann@example.com"])
        #expect(mail.header("From") == ["\"Acme, Söhne\" <gate@example.com>"])
        #expect(mail.header("Date") == ["Mon, 21 Sep 2026 14:13:20 +0000"])
        #expect(mail.header("Auto-Submitted") == ["auto-generated"])
        #expect(mail.header("MIME-Version") == ["1.0"])
        #expect(mail.header("Message-ID").first?.hasSuffix("@example.com>") == true)
        for body in [mail.text, mail.html] {
            #expect(body.contains(job.loginURL))
            #expect(body.contains("7K3MNPQ4"))
            #expect(body.contains("15 minutes"))
        }
        #expect(mail.text.contains("Acme & Söhne"))
        #expect(mail.html.contains("Acme &amp; Söhne"))
        #expect(mail.html.contains("background:#0b7285"))
        #expect(mail.html.contains("prefers-color-scheme: dark"))
        #expect(
            !mail.html.contains("src=") && !mail.html.contains("@import") && !mail.html.contains("{" + "code")
        )
    }

    @Test func `the mail that the app is back has the site's address and no secret`() throws {
        let job = MailJob(
            id: "8", kind: .recovery, recipient: try Samples.address("ann@example.com"),
            loginURL: "https://app.example.com/", code: nil, expiryMinutes: 360,
            expiresUnixSeconds: now + 21_600)
        let mail = try read(job, account: Samples.account(bodyTemplate: "Sign in: {login_url}"))
        #expect(mail.defects == [])
        #expect(mail.header("Subject") == ["Acme & Söhne is back"])
        for body in [mail.text, mail.html] {
            #expect(body.contains("https://app.example.com/"))
            #expect(!body.contains("Sign in") && !body.contains("token"))
        }
        #expect(mail.html.contains("Open Acme &amp; Söhne"))
        let composer = try Composer(account: nil, brand: Samples.brand, templatesDirectory: nil)
        #expect(try composer.compose(job, unixSeconds: now).secrets.isEmpty)
    }

    @Test func `without a code the mail does not speak of one`() throws {
        let mail = try read(Samples.job(code: nil))
        #expect(!mail.text.contains("code") && !mail.html.contains("type this code"))
        #expect(mail.text.contains("token="))
    }

    @Test func `a mail that waited says how long its link still works`() throws {
        #expect(try read(at: now + 600).text.contains("within 5 minutes"))
        #expect(try read(at: now + 899).text.contains("within 1 minutes"))
    }

    @Test func `the owner's words stand in both forms, escaped in HTML`() throws {
        let template = "Hi <you> & {unknown}!\n\n{login_url}\n\nCode {code}, {expiry_minutes} min."
        let mail = try read(account: Samples.account(bodyTemplate: template))
        #expect(mail.text.contains("Hi <you> & {unknown}!"))
        #expect(mail.text.contains("Code 7K3MNPQ4, 15 min."))
        #expect(mail.html.contains("Hi &lt;you&gt; &amp; {unknown}!"))
        #expect(mail.html.contains("<a href=\"https://app.example.com/.runegate/auth?token="))
    }

    @Test func `values are not read for placeholders again`() throws {
        var brand = Samples.brand
        brand.name = "{code}{login_url}"
        let composer = try Composer(
            account: Samples.account(bodyTemplate: "{brand} {login_url}"), brand: brand,
            templatesDirectory: nil)
        let mail = try MailReader.read(composer.compose(Samples.job(), unixSeconds: now).message)
        #expect(mail.text.hasPrefix("{code}{login_url} https://"))
    }

    @Test func `link and code never stand in the subject`() throws {
        let mail = try read(account: Samples.account(subject: "{brand} {code}{login_url} {expiry_minutes}"))
        #expect(mail.header("Subject") == ["Acme & Söhne  15"])
    }

    @Test func `a recipient of an internationalised domain is written in ASCII`() throws {
        let mail = try read(Samples.job(to: "ann@müller.example"))
        #expect(mail.header("To") == ["ann@xn--mller-kva.example"])
    }

    @Test func `template files stand above the account's text`() throws {
        let directory = try TemporaryDirectory()
        try "File text {login_url}".write(
            toFile: "\(directory.path)/link.txt", atomically: true, encoding: .utf8)
        try "<p>{brand}</p><a href='{login_url}'>in</a>{code}"
            .write(toFile: "\(directory.path)/link.html", atomically: true, encoding: .utf8)
        let mail = try read(
            account: Samples.account(bodyTemplate: "x {login_url}"), directory: directory.path)
        #expect(mail.text.hasPrefix("File text https://"))
        #expect(mail.html.hasPrefix("<p>Acme &amp; Söhne</p><a href='https://"))
    }

    @Test func `templates without a link or without files are refused at the start`() throws {
        let directory = try TemporaryDirectory()
        #expect(throws: Fault.self) {
            try Composer(account: nil, brand: Samples.brand, templatesDirectory: directory.path)
        }
        #expect(throws: Fault.self) {
            try Composer(
                account: Samples.account(bodyTemplate: "no link"), brand: Samples.brand,
                templatesDirectory: nil)
        }
        try "no link".write(toFile: "\(directory.path)/link.html", atomically: true, encoding: .utf8)
        #expect(throws: Fault.self) {
            try Composer(account: nil, brand: Samples.brand, templatesDirectory: directory.path)
        }
    }

    @Test(arguments: [
        "", "javascript:alert(1)", "https://x/\r\nBcc: a@b.c", "https://x/\"onclick=", "https://x/ y",
        "https://x/é",
    ])
    func `what is no link of ours is never mailed`(link: String) throws {
        let composer = try Composer(account: nil, brand: Samples.brand, templatesDirectory: nil)
        let job = MailJob(
            id: "1", recipient: try Samples.address("a@example.com"), loginURL: link, code: nil,
            expiryMinutes: 15,
            expiresUnixSeconds: now + 900)
        #expect(throws: Composer.Unwritable.self) { try composer.compose(job, unixSeconds: now) }
    }

    @Test func `a job shows nothing but its id`() throws {
        let job = try Samples.job()
        var dumped = ""
        dump(job, to: &dumped)
        for shown in ["\(job)", String(reflecting: job), dumped] {
            #expect(shown.contains("7") && !shown.contains("token") && !shown.contains("7K3MNPQ4"))
        }
    }
}
