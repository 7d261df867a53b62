import Testing

@testable import Mail

// What `systemctl status` shows of the mailer.

private func line(after outcomes: MailOutcome...) -> String {
    var standing = MailerStanding()
    for outcome in outcomes { standing.note(outcome) }
    return standing.line
}

@Test func `mails are counted, and nobody is named`() {
    #expect(line() == "Waiting for mails")
    #expect(line(after: .sent(reply: "250")) == "1 mail sent")
    #expect(line(after: .sent(reply: "250"), .sent(reply: "250")) == "2 mails sent")
    #expect(
        line(after: .sent(reply: "250"), .refused(.recipient, detail: "550 <bob@example.com> unknown"))
            == "1 mail sent. The last one did not leave (recipient): runegate mail test ADDRESS")
    #expect(
        line(after: .deferred(.account, detail: "535"))
            == "Waiting for mails. The last one did not leave (account): runegate mail test ADDRESS")
}

@Test func `a mail that leaves ends the trouble, an interrupted one is none`() {
    #expect(line(after: .deferred(.unreachable, detail: ""), .sent(reply: "250")) == "1 mail sent")
    #expect(line(after: .deferred(.interrupted, detail: "")) == "Waiting for mails")
}
