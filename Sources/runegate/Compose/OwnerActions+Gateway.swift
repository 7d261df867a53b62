import Control
import GateConfig
import GateModel
import Identity
import Mail
import Store
import UpstreamSelection

extension OwnerActions {
    /// What the owner may ask, answered by the parts of the running gateway.
    init(
        settings: Settings, identity: IdentityServices, mail: (any MailTesting)?,
        selection: SelectionReader, paths: [UpstreamPath], tunnels: TunnelActions
    ) {
        let started = SystemTime().now().sinceBoot
        self.init(
            sessions: identity.sessions, signIn: identity.signIn, mail: mail ?? NoMail(),
            linkExpiry: { identity.currentSettings.linkLife },
            status: {
                let queue = await identity.mailQueue.condition()
                let current = selection.current.current.name
                return ServiceStatus(
                    version: Version.text, environment: settings.environment.rawValue,
                    baseURL: settings.baseURL.origin,
                    uptimeSeconds: (SystemTime().now().sinceBoot - started).components.seconds,
                    sessionCount: identity.sessions.list().count,
                    paths: paths.map { path in
                        ServiceStatus.Path(
                            name: path.name.rawValue, endpoint: path.endpoint.description,
                            isCurrent: path.name == current, isSimulated: path.isSimulated)
                    },
                    mail: ServiceStatus.Mail(
                        transport: settings.mail.transport.name, waiting: queue.waiting,
                        problem: queue.problem))
            },
            recentSignIns: {
                let records = (try? await identity.store.auditRecords(limit: 500)) ?? []
                return records.filter { $0.entry.event == .signedIn }.prefix(20).map { record in
                    SignInRow(
                        email: record.entry.account ?? "", unixSeconds: record.unixSeconds,
                        address: record.entry.clientAddress ?? "")
                }
            }, tunnels: tunnels)
    }
}

extension MailSettings.Transport {
    fileprivate var name: String {
        switch self {
        case .smtp: "smtp"
        case .outbox: "outbox"
        case .none: "none"
        }
    }
}

/// The answer to a test mail where there is no mail at all.
private struct NoMail: MailTesting {
    func test(_ recipient: EmailAddress) async -> MailTestReport {
        MailTestReport(
            transcript: [], isDelivered: false, verdict: "No mail leaves: RUNEGATE_MAIL_TRANSPORT is none.",
            remedy: "Set RUNEGATE_MAIL_TRANSPORT=smtp and fill in email.toml, or: runegate login-link EMAIL")
    }
}
