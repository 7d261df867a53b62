import GateConfig
import GateModel
import NIOPosix
import TestSupport
import Testing

@testable import Mail

/// The SMTP client inside TLS: the password is for the server whose name was checked, and for no other.
@Suite(.timeLimit(.minutes(1)))
struct SMTPOverTLSTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
    }

    private func deliver(
        to server: TLSMailServer, security: MailAccount.Security, host: String = "localhost", caFile: String?
    ) async throws -> DeliveryRecord {
        let transport = try SMTPTransport(
            account: Samples.account(port: server.port, host: host, security: security, user: "ann"),
            caFile: caFile, group: MultiThreadedEventLoopGroup.singleton,
            time: ManualTime(unixSeconds: 1_790_000_000))
        return await transport.deliver(try Samples.mail())
    }

    @Test func `STARTTLS, then EHLO again, then the password`() async throws {
        let server = try TLSMailServer(.startTLS, try certificates.issue())
        let record = try await deliver(to: server, security: .startTLS, caFile: certificates.authority)
        #expect(record.outcome == .sent(reply: "250 queued"))
        let heard = server.conversation()
        #expect(
            heard.prefix(5) == [
                "EHLO [127.0.0.1]", "STARTTLS", "tls", "EHLO [127.0.0.1]",
                "AUTH PLAIN AGFubgBwYSBzcy93b3JkKzE=",
            ])
        #expect(record.transcript.contains { $0.hasPrefix("* TLSv1.") })
        #expect(!record.transcript.contains { $0.contains("AGFubg") })
    }

    @Test func `TLS from the first byte`() async throws {
        let server = try TLSMailServer(.implicit, try certificates.issue())
        let record = try await deliver(to: server, security: .implicit, caFile: certificates.authority)
        #expect(record.outcome == .sent(reply: "250 queued"))
        #expect(server.conversation().prefix(2) == ["tls", "EHLO [127.0.0.1]"])
    }

    @Test(arguments: [TLSMailServer.Manner.startTLS, .implicit])
    func `a server of an unknown authority hears no password`(manner: TLSMailServer.Manner) async throws {
        let server = try TLSMailServer(manner, try certificates.issue())
        let record = try await deliver(
            to: server, security: manner == .startTLS ? .startTLS : .implicit, caFile: nil)
        guard case .deferred(.tls, let detail) = record.outcome else {
            Issue.record("not refused: \(record.outcome)")
            return
        }
        #expect(detail.contains("not trusted"))
        #expect(record.remedy?.contains("RUNEGATE_SMTP_CA_FILE") == true)
        #expect(!server.conversation().contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test(arguments: [
        TestCertificates.Leaf(alternativeNames: "DNS:elsewhere.example"), TestCertificates.Leaf(days: -1),
    ])
    func `a server with another name or a stale certificate hears no password`(
        leaf: TestCertificates.Leaf
    ) async throws {
        let server = try TLSMailServer(.startTLS, try certificates.issue(leaf))
        let record = try await deliver(to: server, security: .startTLS, caFile: certificates.authority)
        guard case .deferred(.tls, _) = record.outcome else {
            Issue.record("not refused: \(record.outcome)")
            return
        }
        #expect(!server.conversation().contains { $0.hasPrefix("AUTH") || $0.hasPrefix("MAIL") })
    }

    @Test func `TLS on a port that speaks plain text says so`() async throws {
        let server = try await ScriptedServer()
        let transport = try SMTPTransport(
            account: Samples.account(port: server.port, security: .implicit), caFile: nil,
            group: MultiThreadedEventLoopGroup.singleton, time: ManualTime(unixSeconds: 1_790_000_000))
        let record = await transport.deliver(try Samples.mail())
        guard case .deferred(.tls, let detail) = record.outcome else {
            Issue.record("not refused: \(record.outcome)")
            return
        }
        #expect(detail.contains("does not answer with TLS"))
    }
}
