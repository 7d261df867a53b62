import Control
import GateConfig
import GateModel
import Gateway
import Identity
import Logging
import Metrics
import NIOPosix
import ServiceLifecycle
import Store
import TunnelSupervisor
import UnixSignals
import UpstreamSelection

/// The gateway with everything that it needs, put together from settings: what `serve` and `demo` run.
struct Appliance {
    let settings: Settings
    /// Sockets that systemd passed, by name: `gateway`, `control`.
    var sockets: [String: Int32] = [:]
    /// The ways to the app, the preferred one first.
    let paths: [UpstreamPath]
    /// Where an external mailer listens.
    var mailSocket = MailLife.systemdSocket
    /// Where the enrolment unit listens.
    var enrollSocket = EnrollRelay.systemdSocket
    /// Reads the configuration again at SIGHUP; nil when there is nothing to read (`demo`).
    var reload: Reload?
    /// Called once, when visitors can come.
    var isReady: @Sendable ([ListenAddress]) -> Void = { _ in }

    /// Runs until SIGTERM or SIGINT, then lets transfers finish.
    func run() async throws {
        let metrics = MetricsRegistry()
        MetricsSystem.bootstrap(metrics)
        let group = MultiThreadedEventLoopGroup.singleton
        let identity = await IdentityServices(
            settings: IdentitySettings(settings), keyring: Keyring(settings.tokens),
            stateDirectory: settings.stateDirectory)
        let mail = try MailLife(
            settings: settings, socketPath: mailSocket, queue: identity.mailQueue, group: group)
        // The supervisor names an alternative once it is proven.
        let board = SelectionBoard(Selection(current: paths[0]))
        let running = RunningGateway(settings: settings)
        let tunnels = await TunnelLife(
            settings: settings, paths: paths, board: board, store: identity.store, gateway: running)
        let actions = OwnerActions(
            settings: settings, identity: identity, mail: mail.tester, selection: board.reader, paths: paths,
            tunnels: tunnels.map { TunnelActions($0, identity: identity, gateway: running) }
                ?? TunnelActions(
                    direct: TunnelSettings(settings, paths: paths), loop: group.next(),
                    sessions: identity.sessions, gateway: running))
        let brand = OwnerPageBrand(name: settings.brand.name, color: settings.brand.color)
        let status = StatusLife { [paths] in
            ServiceStanding(running, identity: identity, tunnels: tunnels?.service, app: paths[0].endpoint)
        }
        let watchdog = WatchdogLife(
            parts: [WatchedPart](group: group, gateway: running, tunnels: tunnels, identity: identity)
        ) { hanging in
            running.note(hanging: hanging)
            status.sayWhatIsNew()
        }
        let gateway = GatewayLife(
            passed: sockets["gateway"], identity: identity, reader: board.reader,
            ownersDoor: OwnersDoor(actions: actions, metrics: metrics, brand: brand), running: running,
            status: status, enrollSocket: enrollSocket, isReady: isReady)
        let control = ControlLife(
            settings: settings, passed: sockets["control"], actions: actions, brand: brand, metrics: metrics,
            group: group)
        // They end in reverse order: visitors first, the database last.
        var services: [(String, any Service)] = [
            ("watchdog", watchdog), ("status", status), ("identity", IdentityLife(identity: identity)),
            ("mail", mail), ("control", control), ("start pages", StartPagesLife()),
        ]
        if let tunnels {
            let recovery = RecoveryLife(
                mails: identity.recoveryMails, tunnels: tunnels.service, reader: board.reader,
                stableFor: settings.upstream.failbackAfter)
            services += [("tunnels", tunnels), ("recovery", recovery)]
        }
        services.append(("gateway", gateway))
        if let reload {
            let life = ReloadLife(
                reload: reload, settings: settings, identity: identity, gateway: gateway, running: running,
                status: status)
            services.append(("reload", life))
        }
        var configuration = ServiceGroupConfiguration(
            services: services.map { .init(service: $1, serviceName: $0) },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "serve"))
        configuration.maximumGracefulShutdownDuration = Settings.longestStop
        try await ServiceGroup(configuration: configuration).run()
        await identity.store.close()
    }
}
