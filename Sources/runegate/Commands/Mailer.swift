import ArgumentParser
import GateConfig
import GateModel
import Logging
import Mail
import NIOPosix
import ServiceLifecycle
import Systemd
import UnixSignals

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
        let listener = LeaseListener(socket: leaseSocket, delivery: delivery, group: group)
        let services = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: StartPagesLife(), serviceName: "start pages"),
                    .init(service: MailerLife(listener: listener), serviceName: "mailer"),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "mail")))
        try await services.run()
    }
}

/// The listener as a service: ready once it is started, over when it is told so.
private struct MailerLife: Service {
    let listener: LeaseListener

    func run() async throws {
        Notify.send(.ready, .status("Waiting for mails"))
        try await cancelWhenGracefulShutdown { try await listener.run() }
        Notify.send(.stopping)
    }
}
