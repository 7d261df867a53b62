import Control
import Foundation
import GateModel
import Mail
import Store
import Synchronization
import TunnelSupervisor

/// An owner's actions that answer from memory and remember what was asked.
final class OwnerFixture: Sendable {
    private let asked = Mutex<[String]>([])

    /// What was asked for, in order.
    var log: [String] { asked.withLock { $0 } }

    static let session = SessionRow(
        id: "0123456789abcdef", email: "ann@example.com", begunUnixSeconds: 1_790_000_000, idleSeconds: 65,
        expiresInSeconds: 86_400, address: "192.0.2.7", userAgent: "<script>alert(1)</script>")

    var actions: OwnerActions {
        OwnerActions(
            status: {
                ServiceStatus(
                    version: "1.2.3", environment: "development", baseURL: "http://localhost:7870",
                    uptimeSeconds: 3700, sessionCount: 1,
                    paths: [
                        ServiceStatus.Path(
                            name: "wireguard", endpoint: "http://127.0.0.1:1", isCurrent: true,
                            isSimulated: true)
                    ],
                    mail: ServiceStatus.Mail(transport: "outbox", waiting: 2, problem: "it rains"))
            },
            sessions: { [Self.session] },
            revokeSession: { id throws(Fault) in
                self.note("revoke \(id)")
                guard id != "broken" else {
                    throw Fault(code: "database-unwritable", problem: "it is full", remedy: "Free some space")
                }
                return id == Self.session.id ? 1 : 0
            },
            revokeUser: { user throws(Fault) in
                self.note("revoke user \(user)")
                return 2
            },
            issueLink: { email throws(Fault) in
                self.note("link \(email)")
                guard email.domain.ascii == "example.com" else {
                    throw Fault(
                        code: "address-not-allowed", problem: "the policy does not allow \(email) to sign in",
                        remedy: "Add it to RUNEGATE_ALLOWED_EMAILS")
                }
                return IssuedLink(
                    url: "http://localhost:7870/.runegate/auth?token=abc", email: email.description,
                    expiresInSeconds: 900)
            },
            linkCounts: { token throws(Fault) in token == "live" },
            testMail: { recipient in
                self.note("mail \(recipient)")
                return MailTestReport(
                    transcript: ["S: 220 hello"], isDelivered: true, verdict: "The server took the mail",
                    remedy: nil)
            },
            recentSignIns: {
                [SignInRow(email: "bob@example.com", unixSeconds: 1_790_000_000, address: "2001:db8::1")]
            }, tunnels: tunnels)
    }

    private var tunnels: TunnelActions {
        TunnelActions(
            report: { TunnelFixture.well },
            why: { ["It is so.", "Next: nothing."] },
            prefer: { preference throws(Fault) in
                self.note("prefer \(preference.rawValue)")
                guard preference != .rathole else {
                    throw Fault(code: "path-not-configured", problem: "rathole is not", remedy: "Set it.")
                }
            },
            drill: { () throws(Fault) in
                self.note("drill")
                throw Fault(
                    code: "drill-refused", problem: "rathole has not answered its last probes",
                    remedy: "See `runegate tunnels why` for what is wrong with it.")
            },
            history: { () throws(Fault) in
                TunnelHistory(
                    TunnelHistoryRecords(), first: "wireguard", sinceUnixSeconds: 0,
                    untilUnixSeconds: 1_790_000_000, minuteOfDay: { _ in 0 })
            })
    }

    private func note(_ text: String) {
        asked.withLock { $0.append(text) }
    }
}

/// A directory of a test's own, short enough for a socket's path, removed at the end.
func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = "/tmp/runegate-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}
