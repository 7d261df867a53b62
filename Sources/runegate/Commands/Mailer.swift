import ArgumentParser
import GateConfig
import GateModel
import Mail
import NIOPosix
import Synchronization
import Systemd

/// `runegate mailer`: sends the mails that `serve` hands out; the only process that knows the mail password.
struct MailerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailer",
        abstract: "Send mails for `runegate serve` (started by systemd).",
        discussion: """
            Waits on the socket that systemd passes under the name `mail`, asks whoever connects for mails, and
            delivers them. `serve` uses it with RUNEGATE_MAILER=external.
            """)

    @Option(help: ArgumentHelp("Where runegate.toml and runegate.env are.", valueName: "directory"))
    var config: String?

    @Option(help: ArgumentHelp("Listen here without systemd.", valueName: "path", visibility: .hidden))
    var socket: String?

    func run() async throws {
        ProcessHardening.makeNonDumpable()
        #if DEBUG
            BrokenOpen.openIfAsked()
        #endif
        let sockets = try ListenSockets.take(allowed: ["mail"])
        let (settings, _) = try StartUp.settings(
            from: ConfigLoader.load(.process(reader: .mailer, directory: config)))
        guard let leaseSocket = sockets["mail"].map(LeaseSocket.descriptor) ?? socket.map(LeaseSocket.path)
        else {
            throw Fault(
                code: "mailer-without-socket", problem: "No socket with the name \"mail\" was passed",
                remedy: "Start it with: systemctl start runegate-mailer.socket")
        }
        let group = MultiThreadedEventLoopGroup.singleton
        let delivery = try MailDelivery(
            settings: settings.mail, brand: settings.brand, group: group, time: SystemTime())
        let standing = Mutex(MailerStanding())
        let listener = LeaseListener(socket: leaseSocket, delivery: delivery, group: group) { outcome in
            let line = standing.withLock { standing in
                standing.note(outcome)
                return standing.line
            }
            Notify.send(.status(line))
        }
        let life = HelperLife(status: MailerStanding().line) { try await listener.run() }
        try await life.runAlone("mail")
    }
}
