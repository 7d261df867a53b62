import ArgumentParser
import Control
import GateConfig
import GateModel
import Gateway
import Logging
import Logs
import Systemd

/// `runegate serve`: the gateway, until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the gateway.",
        discussion: """
            Reads /etc/runegate/runegate.toml, /etc/runegate/runegate.env, the environment and systemd
            credentials; `runegate check` shows what that comes to. SIGHUP reads them again, SIGTERM lets
            transfers finish and stops.

            EXIT STATUS  0 stopped as told, 1 could not run, 78 the configuration is wrong.
            """)

    @Option(help: ArgumentHelp("Where to listen (RUNEGATE_LISTEN).", valueName: "address"))
    var listen: String?

    @Option(help: ArgumentHelp("Where runegate.toml and runegate.env are.", valueName: "directory"))
    var config: String?

    @Option(help: ArgumentHelp("Socket of an external mailer.", valueName: "path", visibility: .hidden))
    var mailSocket = MailLife.systemdSocket

    @Option(help: ArgumentHelp("Socket of the enrolment unit.", valueName: "path", visibility: .hidden))
    var enrollSocket = EnrollRelay.systemdSocket

    func run() async throws {
        ProcessHardening.makeNonDumpable()
        #if DEBUG
            BrokenOpen.openIfAsked()
        #endif
        let sockets = try ListenSockets.take(allowed: ["gateway", "control"])
        let flags = [listen].compactMap(\.self).map {
            ConfigSources.Flag(flag: "--listen", name: "RUNEGATE_LISTEN", value: $0)
        }
        let directory = config
        let load: @Sendable () -> LoadedConfiguration = {
            ConfigLoader.load(.process(reader: .serve, flags: flags, directory: directory))
        }
        let loaded = load()
        let (settings, levels) = try StartUp.settings(from: loaded)
        try StartUp.check(sockets["gateway"], for: settings)
        var appliance = Appliance(settings: settings, sockets: sockets, paths: settings.upstream.paths)
        appliance.mailSocket = mailSocket
        appliance.enrollSocket = enrollSocket
        appliance.reload = Reload(load: load, effective: loaded.effective, levels: levels)
        try await StartUp.reporting { [appliance] in try await appliance.run() }
    }
}
