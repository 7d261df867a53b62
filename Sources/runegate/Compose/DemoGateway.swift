import Demo
import GateConfig
import GateModel
import Glibc
import UpstreamSelection

/// What the demo has set up for its gateway.
struct DemoStage: Sendable {
    /// Where visitors come in; a port of 0 takes a free one.
    var listen: ListenAddress
    /// The two ways to the app.
    var wireGuard: SimulatedPath
    var rathole: SimulatedPath
    /// For the database.
    var stateDirectory: String
    /// Where the verbs look from the same directory; a configured place wins.
    var controlSocket: String
    /// Where mails are put; a tap watches it.
    var outbox: String
}

/// Runs the gateway in front of `stage` until it is told to stop, and calls `isReady` with the base URL when
/// visitors can come.
///
/// Everything that the stage does not say may be configured as for `serve`, such as limits.
func serveDemoGateway(on stage: DemoStage, isReady: @escaping @Sendable (BaseURL) -> Void) async throws {
    // Bound before anything else: links need the port, and a port of 0 is known only now.
    let (socket, address) = try PassedSocket.listen(on: stage.listen)
    guard case .ip(let ip, let port) = address else { preconditionFailure("the demo listens on a port") }
    let host = ip == IPAddress(bytes: [127, 0, 0, 1]) ? "localhost" : ip.uriHost
    let flags = [
        ("RUNEGATE_ENV", "development"), ("RUNEGATE_BASE_URL", "http://\(host):\(port)"),
        ("RUNEGATE_LISTEN", "\(address)"), ("RUNEGATE_STATE_DIR", stage.stateDirectory),
        ("RUNEGATE_MAIL_TRANSPORT", "outbox:\(stage.outbox)"), ("RUNEGATE_MAILER", "inline"),
        ("RUNEGATE_ALLOW_ANY_EMAIL", "true"), ("RUNEGATE_DRAIN", "1s"),
    ].map { ConfigSources.Flag(flag: "demo", name: $0.0, value: $0.1) }
    let loaded = ConfigLoader.load(.process(reader: .serve, flags: flags))
    var (settings, _) = try StartUp.settings(from: loaded)
    // The return to the first path is to be watched, not waited for.
    if loaded.isDefault("RUNEGATE_FAILBACK_AFTER") { settings.upstream.failbackAfter = .seconds(10) }
    // The page asks ten times a second; the links on this terminal shall be found.
    if loaded.isDefault("RUNEGATE_REQUEST_LOGS") { settings.proxy.logsRequests = false }
    settings.controlSocket = settings.controlSocket ?? stage.controlSocket
    let paths = [
        UpstreamPath(name: .wireGuard, endpoint: stage.wireGuard.endpoint, isSimulated: true),
        UpstreamPath(name: .rathole, endpoint: stage.rathole.endpoint, isSimulated: true),
    ]
    var appliance = Appliance(settings: settings, sockets: ["gateway": socket], paths: paths)
    appliance.isReady = { [baseURL = settings.baseURL] _ in isReady(baseURL) }
    try await appliance.run()
}
