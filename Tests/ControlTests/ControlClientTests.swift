import Foundation
import GateModel
import Glibc
import Mail
import NIOPosix
import Testing

@testable import Control

/// What verbs say when the daemon is there, gone, deaf or not for them.
@Suite(.timeLimit(.minutes(1)))
struct ControlClientTests {
    private func failure(_ client: ControlClient) async -> ControlFailure? {
        do throws(ControlFailure) {
            _ = try await client.sessions()
            return nil
        } catch {
            return error
        }
    }

    private func askEverything(_ client: ControlClient) async throws {
        #expect(try await client.sessions() == [OwnerFixture.session])
        #expect(try await client.status().mail.waiting == 2)
        #expect(try await client.revoke(session: "0123456789abcdef") == 1)
        #expect(try await client.revoke(session: "ffffffff") == 0)
        #expect(try await client.revoke(user: EmailAddress("ann@example.com")) == 2)
        #expect(
            try await client.loginLink(for: EmailAddress("ann@example.com")).expiresInSeconds == 900)
        #expect(try await client.testMail(to: EmailAddress("ann@example.com")).isDelivered)
        await #expect(
            throws: ControlFailure.refused(
                error: "the policy does not allow eve@example.org to sign in",
                remedy: "Add it to RUNEGATE_ALLOWED_EMAILS")
        ) {
            try await client.loginLink(for: EmailAddress("eve@example.org"))
        }
    }

    @Test func `the places are tried in order`() {
        #expect(
            ControlClient.sockets(named: "/x/y.sock") == [
                "/x/y.sock", "/run/runegate-control/control.sock", ".runegate/control.sock",
            ])
        #expect(ControlClient.sockets(named: "").count == 2)
        #expect(ControlClient.sockets(named: nil).count == 2)
    }

    @Test func `a daemon answers, also behind a place where nobody is`() async throws {
        try await withTemporaryDirectory { directory in
            let fixture = OwnerFixture()
            let server = try await ControlServer.bind(
                .path("\(directory)/control.sock"), actions: fixture.actions, metrics: MetricsRegistry(),
                brand: OwnerPageBrand(name: "Runegate", color: "#3d4fb8"),
                group: MultiThreadedEventLoopGroup.singleton)
            let client = ControlClient(
                sockets: ["\(directory)/none.sock", "\(directory)/control.sock"], limit: .seconds(20))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await server.run() }
                try await askEverything(client)
                group.cancelAll()
            }
        }
    }

    @Test func `without a daemon the command that starts it is named, with status 3`() async throws {
        let failure = try #require(await failure(ControlClient(sockets: ["/nonexistent/control.sock"])))
        #expect(failure == .notRunning(tried: ["/nonexistent/control.sock"]))
        #expect(failure.exitStatus == 3)
        #expect(failure.description.contains("systemctl start runegate.service"))
        #expect(failure.description.contains("runegate serve"))
    }

    @Test func `a socket that nobody listens on counts as no daemon`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let (descriptor, _) = try SocketFile.bind(path)
            close(descriptor)
            #expect(await failure(ControlClient(sockets: [path])) == .notRunning(tried: [path]))
        }
    }

    @Test func `a daemon that does not answer is given up in time`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let (descriptor, _) = try SocketFile.bind(path)
            defer { close(descriptor) }
            #expect(listen(descriptor, 8) == 0)
            let failure = try #require(
                await failure(ControlClient(sockets: [path], limit: .milliseconds(50))))
            #expect(failure == .noAnswer(socket: path, seconds: 0))
            #expect(failure.exitStatus == 3)
        }
    }

    @Test(.enabled(if: getuid() != 0, "root may use every socket"))
    func `a socket of others says who may use it`() async throws {
        try await withTemporaryDirectory { directory in
            let path = "\(directory)/control.sock"
            let (descriptor, _) = try SocketFile.bind(path)
            defer { close(descriptor) }
            #expect(listen(descriptor, 8) == 0)
            #expect(chmod(path, 0) == 0)
            #expect(await failure(ControlClient(sockets: [path])) == .notAllowed(socket: path))
        }
    }

    @Test func `a refusal reads as two sentences and has status 1`() {
        let failure = ControlFailure.refused(error: "the policy says no", remedy: "Ask")
        #expect(failure.description == "The policy says no.\nAsk.")
        #expect(failure.exitStatus == 1)
    }
}
