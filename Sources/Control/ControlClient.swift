package import GateModel
internal import Glibc
package import Mail
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import TunnelSupervisor

/// What the verbs ask the daemon, over its control socket.
package struct ControlClient: Sendable {
    /// Tried in this order.
    private let sockets: [String]
    /// The longest wait for an ordinary answer.
    private let limit: Duration
    /// The longest wait for a mail to be sent: a mail server may think for minutes.
    private let mailLimit: Duration
    /// The longest wait for a drill to end; it takes about five seconds.
    private static let drillLimit: Duration = .seconds(60)

    package init(sockets: [String], limit: Duration = .seconds(2), mailLimit: Duration = .seconds(180)) {
        self.sockets = sockets
        self.limit = limit
        self.mailLimit = mailLimit
    }

    /// A client of the daemon on this machine: `RUNEGATE_CONTROL_SOCKET`, then the system's, then this directory's.
    package static func ofThisMachine() -> ControlClient {
        let named = getenv("RUNEGATE_CONTROL_SOCKET").map { String(cString: $0) }
        return ControlClient(sockets: sockets(named: named))
    }

    static func sockets(named: String?) -> [String] {
        (named.map { $0.isEmpty ? [] : [$0] } ?? [])
            + ["/run/runegate-control/control.sock", ".runegate/control.sock"]
    }

    package func sessions() async throws(ControlFailure) -> [SessionRow] {
        try await ask(.GET, "/v1/sessions", answer: SessionList.self).sessions
    }

    /// How many sessions were ended; 0 when none is called so.
    package func revoke(session id: String) async throws(ControlFailure) -> Int {
        try await ask(.POST, "/v1/sessions/revoke", ["id": id], answer: Revocation.self).ended
    }

    /// How many sessions were ended.
    package func revoke(user: EmailAddress) async throws(ControlFailure) -> Int {
        try await ask(.POST, "/v1/sessions/revoke", ["user": user.description], answer: Revocation.self).ended
    }

    package func loginLink(for email: EmailAddress) async throws(ControlFailure) -> IssuedLink {
        try await ask(.POST, "/v1/login-link", ["email": email.description], answer: IssuedLink.self)
    }

    /// Whether a link's token would sign somebody in now.
    package func linkCounts(_ token: String) async throws(ControlFailure) -> Bool {
        try await ask(.POST, "/v1/links/check", ["token": token], answer: LinkStanding.self).counts
    }

    package func testMail(to recipient: EmailAddress) async throws(ControlFailure) -> MailTestReport {
        try await ask(
            .POST, "/v1/mail/test", ["recipient": recipient.description], answer: MailTestReport.self,
            within: mailLimit)
    }

    package func status() async throws(ControlFailure) -> ServiceStatus {
        try await ask(.GET, "/v1/status", answer: ServiceStatus.self)
    }

    package func tunnels() async throws(ControlFailure) -> TunnelReport {
        try await ask(.GET, "/v1/tunnels", answer: TunnelReport.self)
    }

    /// The reasons, a line each.
    package func whyTunnels() async throws(ControlFailure) -> WhyAnswer {
        try await ask(.GET, "/v1/tunnels/why", answer: WhyAnswer.self)
    }

    package func tunnelHistory() async throws(ControlFailure) -> TunnelHistory {
        try await ask(.GET, "/v1/tunnels/history", answer: TunnelHistory.self)
    }

    /// How things are after it.
    package func prefer(_ preference: Preference) async throws(ControlFailure) -> TunnelReport {
        try await ask(
            .POST, "/v1/tunnels/prefer", ["preference": preference.rawValue], answer: TunnelReport.self)
    }

    /// Comes back when traffic does.
    package func drill() async throws(ControlFailure) -> DrillResult {
        try await ask(.POST, "/v1/tunnels/drill", [:], answer: DrillResult.self, within: Self.drillLimit)
    }

    /// Asks, and reads the answer; an answer that says no becomes `ControlFailure.refused`.
    private func ask<Answer: Decodable>(
        _ method: HTTPMethod, _ path: String, _ body: [String: String]? = nil, answer: Answer.Type,
        within limit: Duration? = nil
    ) async throws(ControlFailure) -> Answer {
        let response = try await exchange(
            method, path, body.map { ControlJSON.encode($0) } ?? [], limit)
        if let answer = try? ControlJSON.decode(Answer.self, from: response.body) { return answer }
        if let refusal = try? ControlJSON.decode(Refusal.self, from: response.body) {
            throw .refused(error: refusal.error, remedy: refusal.remedy)
        }
        throw .refused(
            error:
                "The daemon answered \(path) with status \(response.status) and words that this program does not know",
            remedy: "Check that both are of one version: runegate --version, and restart the daemon.")
    }

    private func exchange(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8], _ limit: Duration?
    ) async throws(ControlFailure) -> WholeResponse {
        let limit = limit ?? self.limit
        for socket in sockets {
            do {
                return try await UnixHTTPRequest(method: method, path: path, body: body)
                    .send(to: socket, within: limit)
            } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM {
                throw .notAllowed(socket: socket)
            } catch let error as IOError where [ENOENT, ENOTDIR, ECONNREFUSED].contains(error.errnoCode) {
                continue
            } catch {
                throw .noAnswer(socket: socket, seconds: limit.components.seconds)
            }
        }
        throw .notRunning(tried: sockets)
    }
}
