import GateConfig
import GateModel
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Mail

/// The SMTP client against a server in plain text that misbehaves in every way.
@Suite(.timeLimit(.minutes(1)))
struct SMTPTransportTests {
    private let time = ManualTime(unixSeconds: 1_790_000_000)

    private func deliver(
        to server: ScriptedServer, security: MailAccount.Security = .none, user: String? = nil,
        deadlines: SMTPDeadlines = SMTPDeadlines(), mail: ComposedMail? = nil
    ) async throws -> DeliveryRecord {
        let transport = try SMTPTransport(
            account: Samples.account(port: server.port, security: security, user: user), caFile: nil,
            group: MultiThreadedEventLoopGroup.singleton, time: time, deadlines: deadlines)
        return await transport.deliver(try mail ?? Samples.mail())
    }

    private func kind(_ record: DeliveryRecord) -> String {
        switch record.outcome {
        case .sent: "sent"
        case .deferred(let reason, _): "deferred \(reason.rawValue)"
        case .refused(let reason, _): "refused \(reason.rawValue)"
        }
    }

    @Test func `a mail goes out line by line, its dots doubled`() async throws {
        let server = try await ScriptedServer()
        let record = try await deliver(to: server)
        #expect(record.outcome == .sent(reply: "250 queued as 42"))
        #expect(
            server.lines.prefix(13)
                == [
                    "EHLO [127.0.0.1]", "MAIL FROM:<gate@example.com>", "RCPT TO:<ann@example.com>", "DATA",
                    "Subject: x", "", "..hidden", "...", "..", "end", ".", "QUIT",
                ].prefix(server.lines.count))
        #expect(server.lines.count >= 11)
    }

    @Test(arguments: ["AUTH PLAIN", "AUTH LOGIN"])
    func `a password is used and shown nowhere`(offer: String) async throws {
        let server = try await ScriptedServer([
            "EHLO": .say("250-mail.example.com\r\n250 \(offer)"), "AUTH LOGIN": .say("334 VXNlcm5hbWU6"),
            "YW5u": .say("334 UGFzc3dvcmQ6"), "cGEgc3Mvd29yZCsx": .say("235 welcome"),
        ])
        let record = try await deliver(to: server, user: "ann")
        #expect(kind(record) == "sent")
        #expect(
            server.lines.contains { $0 == "AUTH PLAIN AGFubgBwYSBzcy93b3JkKzE=" || $0 == "cGEgc3Mvd29yZCsx" })
        let shown = record.transcript.joined(separator: "\n")
        #expect(shown.contains("C: AUTH") && shown.contains("(hidden)"))
        for secret in [Samples.password, "AGFubgBwYSBzcy93b3JkKzE=", "cGEgc3Mvd29yZCsx"] {
            #expect(!shown.contains(secret))
        }
    }

    @Test func `what a server repeats is hidden too`() async throws {
        let server = try await ScriptedServer([
            "EHLO": .say("250-mail.example.com\r\n250 AUTH PLAIN"),
            "AUTH": .say("535 no: AGFubgBwYSBzcy93b3JkKzE= is pa ss/word+1"),
        ])
        let record = try await deliver(to: server, user: "ann")
        #expect(kind(record) == "deferred account")
        #expect(record.remedy?.contains("smtp_pass") == true)
        #expect(!"\(record)".contains("word+1") && !"\(record)".contains("AGFubg"))
        let spam = try await ScriptedServer([".": .say("554 bad link sekrit-link, code 7K3MNPQ4")])
        let second = try await deliver(to: spam)
        #expect(kind(second) == "refused message")
        #expect(!"\(second)".contains("sekrit") && !"\(second)".contains("7K3M"))
    }

    @Test(arguments: [
        ("", "421 busy", "deferred serverBusy"), ("", "554 go away", "deferred serverBusy"),
        ("EHLO", "502 no", "deferred serverBusy"), ("MAIL", "451 later", "deferred serverBusy"),
        ("MAIL", "550 not your address", "deferred account"),
        ("MAIL", "530 sign in first", "deferred account"),
        ("RCPT", "450 greylisted", "deferred serverBusy"), ("RCPT", "550 nobody", "refused recipient"),
        ("DATA", "451 later", "deferred serverBusy"), (".", "452 disk full", "deferred serverBusy"),
        (".", "554 spam", "refused message"), ("", "HTTP/1.1 400 Bad Request", "deferred protocolViolation"),
        ("EHLO", "250-a\r\n251 b", "deferred protocolViolation"),
    ])
    func `replies are told apart`(command: String, reply: String, expected: String) async throws {
        let server = try await ScriptedServer([command: .say(reply)])
        let record = try await deliver(to: server)
        #expect(kind(record) == expected)
        #expect(record.remedy != nil && record.transcript.count >= 2)
    }

    @Test func `a reply without end is not read for ever`() async throws {
        let server = try await ScriptedServer(["EHLO": .say(String(repeating: "250-more\r\n", count: 10_000))]
        )
        #expect(kind(try await deliver(to: server)) == "deferred protocolViolation")
        let long = try await ScriptedServer(["EHLO": .say("250 " + String(repeating: "x", count: 100_000))])
        #expect(kind(try await deliver(to: long)) == "deferred protocolViolation")
    }

    @Test func `without STARTTLS nothing is given away`() async throws {
        let server = try await ScriptedServer(["EHLO": .say("250-mail.example.com\r\n250 AUTH PLAIN LOGIN")])
        let record = try await deliver(to: server, security: .startTLS, user: "ann")
        #expect(kind(record) == "deferred tls")
        #expect(server.lines.allSatisfy { $0.hasPrefix("EHLO") || $0 == "QUIT" })
    }

    @Test(arguments: ["454 not now", "502 what?", "500 what?"])
    func `a refused STARTTLS is no reason to go on in plain text`(reply: String) async throws {
        let server = try await ScriptedServer([
            "EHLO": .say("250-mail.example.com\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"),
            "STARTTLS": .say(reply),
        ])
        let record = try await deliver(to: server, security: .startTLS, user: "ann")
        #expect(kind(record) == "deferred serverBusy")
        #expect(server.lines.allSatisfy { $0.hasPrefix("EHLO") || $0 == "STARTTLS" || $0 == "QUIT" })
    }

    @Test func `what comes behind the answer to STARTTLS is dropped`() async throws {
        let server = try await ScriptedServer([
            "EHLO": .say("250-mail.example.com\r\n250 STARTTLS"),
            "STARTTLS": .sayAndClose("220 go\r\n250-mail.example.com\r\n250 AUTH PLAIN\r\n235 welcome"),
        ])
        let record = try await deliver(to: server, security: .startTLS, user: "ann")
        #expect(kind(record) == "deferred tls")
        #expect(!server.lines.contains { $0.contains("AUTH") || $0.contains("MAIL") })
        #expect(!record.transcript.contains { $0.hasPrefix("S: 235") || $0.hasPrefix("C: AUTH") })
    }

    @Test func `a server that is silent is left in time`() async throws {
        var deadlines = SMTPDeadlines()
        deadlines.reply = .milliseconds(50)
        deadlines.acceptance = .milliseconds(50)
        for command in ["", "EHLO", "DATA", "."] {
            let server = try await ScriptedServer([command: .keepSilent])
            let record = try await deliver(to: server, deadlines: deadlines)
            #expect(kind(record) == "deferred unreachable")
        }
    }

    @Test(arguments: ["", "EHLO", "RCPT", "."])
    func `a server that hangs up is told apart`(command: String) async throws {
        let server = try await ScriptedServer([command: .sayAndClose("")])
        #expect(kind(try await deliver(to: server)) == "deferred unreachable")
    }

    @Test func `a mail whose link expires on the way is not sent`() async throws {
        let server = try await ScriptedServer()
        time.advance(by: .seconds(900))
        #expect(kind(try await deliver(to: server)) == "refused expired")
        #expect(!server.lines.contains("Subject: x"))
    }

    @Test func `an attempt can be interrupted while it waits`() async throws {
        let server = try await ScriptedServer(["EHLO": .keepSilent])
        let attempt = Task { try await deliver(to: server) }
        while server.lines.isEmpty { await Task.yield() }
        attempt.cancel()
        #expect(kind(try await attempt.value) == "deferred interrupted")
    }

    @Test func `nobody listening, and no such name`() async throws {
        let listener = try await ScriptedServer()
        var account = try Samples.account(port: listener.port)
        let port = listener.port
        try await listener.stop()
        account.port = port
        func record() async throws -> DeliveryRecord {
            try await SMTPTransport(
                account: account, caFile: nil, group: MultiThreadedEventLoopGroup.singleton, time: time
            ).deliver(Samples.mail())
        }
        #expect(
            try await record().outcome == SMTPFailure.connectionRefused(host: "127.0.0.1", port: port).outcome
        )
        account.host = "no..name"
        #expect(try await record().outcome == SMTPFailure.nameNotFound(host: "no..name").outcome)
    }

    @Test func `a CA file that is none is refused at the start`() throws {
        #expect(throws: Fault.self) {
            try SMTPTransport(
                account: Samples.account(), caFile: "/nonexistent",
                group: MultiThreadedEventLoopGroup.singleton,
                time: time)
        }
    }
}
