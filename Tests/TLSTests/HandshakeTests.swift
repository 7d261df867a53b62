import GateModel
import NIOCore
import TLS
import TestSupport
import Testing

/// Who is believed to be the server, and what is said of those who are not.
@Suite(.timeLimit(.minutes(1)))
struct HandshakeTests {
    private let certificates: TestCertificates

    init() throws {
        certificates = try TestCertificates()
    }

    private func firstEvent(
        _ manner: TLSServer.Manner = .echo, _ leaf: TestCertificates.Leaf = .init(),
        name: String = "localhost",
        trusting authorities: TLSClientContext.Authorities? = nil
    ) async throws -> TLSClient.Event? {
        let server = try TLSServer(manner, try certificates.issue(leaf))
        let client = try await TLSClient(
            port: server.port, trusting: authorities ?? .file(path: certificates.authority), name: name)
        let event = await client.events.first { _ in true }
        try? await client.channel.close()
        return event
    }

    @Test(arguments: ["localhost", "127.0.0.1", "localhost."])
    func `a trusted server of the right name or address is accepted`(name: String) async throws {
        guard case .handshakeCompleted(let agreement)? = try await firstEvent(name: name) else {
            Issue.record("no handshake")
            return
        }
        #expect(agreement.version == "TLSv1.3")
        #expect(agreement.cipher.hasPrefix("TLS_"))
    }

    @Test func `a certificate for another name is refused, and its names are told`() async throws {
        let event = try await firstEvent(name: "mail.example.com")
        #expect(event == .failed(.wrongName(server: "mail.example.com", names: ["localhost"])))
    }

    @Test func `an address must stand in the certificate as an address`() async throws {
        let event = try await firstEvent(
            .echo, .init(alternativeNames: "DNS:localhost,DNS:127.0.0.1"), name: "127.0.0.1")
        #expect(event == .failed(.wrongName(server: "127.0.0.1", names: ["localhost", "127.0.0.1"])))
    }

    @Test func `the common name counts for nothing`() async throws {
        let event = try await firstEvent(.echo, .init(alternativeNames: nil, commonName: "localhost"))
        #expect(event == .failed(.wrongName(server: "localhost", names: [])))
    }

    @Test func `an expired certificate is refused as expired`() async throws {
        guard
            case .failed(.expired(server: "localhost", since: let since?))? = try await firstEvent(
                .echo, .init(days: -1))
        else {
            Issue.record("not refused as expired")
            return
        }
        #expect(since.hasSuffix("GMT"))
    }

    @Test func `an unknown authority is refused, and named`() async throws {
        let event = try await firstEvent(trusting: .system)
        guard case .failed(.untrustedIssuer(server: "localhost", let issuer, let verify))? = event else {
            Issue.record("not refused as untrusted: \(String(describing: event))")
            return
        }
        #expect(issuer == "/CN=Test Authority")
        #expect([18, 19, 20, 21].contains(verify))
    }

    @Test func `a server that speaks no TLS is told apart`() async throws {
        #expect(try await firstEvent(.plain) == .failed(.notTLS(server: "localhost")))
    }

    @Test func `a server that hangs up is told apart`() async throws {
        #expect(try await firstEvent(.hangUp) == .failed(.closedInHandshake(server: "localhost")))
    }

    @Test func `TLS 1_1 is refused`() async throws {
        guard case .failed(.noCommonProtocol(server: "localhost", reason: _))? = try await firstEvent(.old)
        else {
            Issue.record("TLS 1.1 was not refused as such")
            return
        }
    }

    @Test(arguments: [("localhost", "localhost"), ("127.0.0.1", "-")])
    func `a name is asked for, an address is not`(name: String, expected: String) async throws {
        let server = try TLSServer(.name, try certificates.issue())
        let client = try await TLSClient(
            port: server.port, trusting: .file(path: certificates.authority), name: name)
        #expect(String(decoding: await client.read(expected.utf8.count), as: UTF8.self) == expected)
        try await client.channel.close()
    }

    @Test func `a file without certificates is refused`() throws {
        let key = try certificates.issue().key
        for path in ["/nonexistent/ca.pem", key] {
            #expect {
                try TLSClientContext(authorities: .file(path: path))
            } throws: { error in
                guard case .authoritiesUnusable(path, _)? = error as? TLSError else { return false }
                return true
            }
        }
    }

    @Test func `a single certificate may be trusted by itself`() async throws {
        let identity = try certificates.issue()
        let server = try TLSServer(.echo, identity)
        let client = try await TLSClient(port: server.port, trusting: .file(path: identity.certificate))
        guard case .handshakeCompleted? = await client.events.first(where: { _ in true }) else {
            Issue.record("a trusted leaf was refused")
            return
        }
        try await client.channel.close()
    }

    @Test func `every error names the problem and what to do`() {
        let errors: [TLSError] = [
            .authoritiesUnusable(path: "/ca.pem", reason: "no such file"),
            .untrustedIssuer(server: "m", issuer: "/CN=x", verify: 20), .expired(server: "m", since: nil),
            .notYetValid(server: "m"), .wrongName(server: "m", names: ["n"]),
            .certificateRefused(server: "m", reason: "r", verify: 24), .notTLS(server: "m"),
            .noCommonProtocol(server: "m", reason: "r"), .refusedByServer(server: "m", alert: "a"),
            .closedInHandshake(server: "m"), .truncated(server: "m"), .failed(server: "m", reason: "r"),
        ]
        #expect(Set(errors.map(\.fault.code)).count == errors.count)
        for error in errors {
            #expect(error.description.contains(error.fault.problem) && error.fault.remedy.hasSuffix("."))
        }
    }
}
