import GateConfig
import GateModel
import TLS
import Testing

@testable import Mail

/// What the client decides, without a network.
struct SMTPConversationTests {
    private func conversation(
        _ security: MailAccount.Security, user: String? = "ann", isPeerLoopback: Bool = false
    ) throws -> SMTPConversation {
        SMTPConversation(
            SMTPEnvelope(
                host: "mail.example.com", security: security,
                credentials: user.map { .init(user: $0, password: Secret(text: Samples.password)) },
                helloName: "[192.0.2.1]", isPeerLoopback: isPeerLoopback,
                sender: try Samples.address("gate@example.com"),
                recipient: try Samples.address("ann@example.com"),
                messageBytes: 1000))
    }

    private func reply(_ code: Int, _ lines: String...) -> SMTPReply { SMTPReply(code: code, lines: lines) }

    @Test func `STARTTLS comes first, and what was offered before it counts for nothing`() throws {
        var conversation = try conversation(.startTLS)
        #expect(conversation.connected() == nil)
        #expect(conversation.received(reply(220, "x")) == .send(.hello(name: "[192.0.2.1]")))
        #expect(conversation.received(reply(250, "x", "STARTTLS", "AUTH PLAIN")) == .send(.startTLS))
        #expect(conversation.received(reply(220, "go")) == .startTLS)
        #expect(conversation.tlsEstablished() == .send(.hello(name: "[192.0.2.1]")))
        // AUTH PLAIN was offered in plain text only.
        guard case .finish(.failure(.noMechanism(_, offered: []))) = conversation.received(reply(250, "x"))
        else {
            Issue.record("an offer made in plain text was used")
            return
        }
    }

    @Test func `a whole conversation in order`() throws {
        var conversation = try conversation(.implicit)
        #expect(conversation.connected() == nil)
        #expect(conversation.tlsEstablished() == nil)
        _ = conversation.received(reply(220, "x"))
        guard case .send(.authPlain) = conversation.received(reply(250, "x", "AUTH LOGIN PLAIN", "SIZE 5000"))
        else {
            Issue.record("no AUTH PLAIN")
            return
        }
        let sender = try Samples.address("gate@example.com")
        #expect(conversation.received(reply(235)) == .send(.mailFrom(sender, announcedBytes: 1000)))
        #expect(
            conversation.received(reply(250)) == .send(.recipient(try Samples.address("ann@example.com"))))
        #expect(conversation.received(reply(251)) == .send(.data))
        #expect(conversation.received(reply(354)) == .sendMessage)
        #expect(conversation.received(reply(250, "queued")) == .finish(.success("250 queued")))
    }

    @Test func `size is announced only when offered, and a limit is kept`() throws {
        var quiet = try conversation(.none, user: nil, isPeerLoopback: true)
        _ = quiet.received(reply(220))
        #expect(
            quiet.received(reply(250, "x"))
                == .send(.mailFrom(try Samples.address("gate@example.com"), announcedBytes: nil)))
        var strict = try conversation(.none, user: nil, isPeerLoopback: true)
        _ = strict.received(reply(220))
        #expect(
            strict.received(reply(250, "x", "SIZE 999"))
                == .finish(.failure(.tooLarge(bytes: 1000, maximumBytes: 999))))
    }

    @Test func `plain text goes nowhere but to this machine`() throws {
        #expect(
            try conversation(.none).connected()
                == .finish(.failure(.plainTextToElsewhere(host: "mail.example.com"))))
        #expect(try conversation(.none, isPeerLoopback: true).connected() == nil)
    }

    @Test func `even a confused caller gets no password into plain text`() throws {
        var conversation = try conversation(.none)
        _ = conversation.received(reply(220))
        #expect(
            conversation.received(reply(250, "x", "AUTH PLAIN"))
                == .finish(.failure(.plainTextToElsewhere(host: "mail.example.com"))))
    }

    @Test(arguments: [
        (421, MailOutcome.Deferral.serverBusy), (454, .serverBusy), (535, .account), (534, .account),
    ])
    func `refused credentials wait for the owner`(code: Int, expected: MailOutcome.Deferral) throws {
        var conversation = try conversation(.implicit)
        _ = conversation.tlsEstablished()
        _ = conversation.received(reply(220))
        _ = conversation.received(reply(250, "x", "AUTH PLAIN"))
        guard case .finish(.failure(let failure)) = conversation.received(reply(code, "no")),
            case .deferred(expected, _) = failure.outcome
        else {
            Issue.record("not \(expected)")
            return
        }
    }

    @Test func `AUTH LOGIN answers each question once`() throws {
        var conversation = try conversation(.implicit)
        _ = conversation.tlsEstablished()
        _ = conversation.received(reply(220))
        #expect(conversation.received(reply(250, "x", "AUTH LOGIN")) == .send(.authLogin))
        guard case .send(.authLoginUser) = conversation.received(reply(334, "VXNlcm5hbWU6")),
            case .send(.authLoginPassword) = conversation.received(reply(334, "UGFzc3dvcmQ6")),
            case .finish(.failure(.notSMTP)) = conversation.received(reply(334, "again?"))
        else {
            Issue.record("not the order of LOGIN")
            return
        }
    }

    @Test func `every failure says what to do`() {
        let failures: [SMTPFailure] = [
            .nameNotFound(host: "h"), .connectionRefused(host: "h", port: 1),
            .unreachable(host: "h", port: 1, reason: "r"), .timedOut(.greeting, host: "h"),
            .closed(.data, host: "h"), .expired, .interrupted, .tls(.notTLS(server: "h")),
            .startTLSNotOffered(host: "h"), .plainTextToElsewhere(host: "h"),
            .noMechanism(host: "h", offered: []),
            .credentialsRefused(user: "u", reply: "r"), .credentialsMissing(reply: "r"),
            .tooLarge(bytes: 2, maximumBytes: 1), .busy(.data, reply: "r"), .refused(.sender, reply: "r"),
            .refused(.greeting, reply: "r"), .recipientRefused(reply: "r"), .mailRefused(reply: "r"),
            .notSMTP(line: "l"), .replyTooLarge,
        ]
        #expect(Set(failures.map(\.problem)).count == failures.count)
        #expect(failures.allSatisfy { $0.remedy.hasSuffix(".") })
    }
}
