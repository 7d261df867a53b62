import Demo
import GateModel

/// What the demo has set up for its gateway.
struct DemoStage: Sendable {
    /// Where visitors come in.
    var listen: ListenAddress
    /// The two ways to the app, to be marked as simulated (`UpstreamPath.isSimulated`).
    var wireGuard: SimulatedPath
    var rathole: SimulatedPath
    /// For the database and the control socket; `runegate sessions list` finds it from the same directory.
    var stateDirectory: String
    /// Where mails are to be put; a tap watches it.
    var outbox: String
}

/// Gateway composition: runs the gateway in front of `stage` until it is told to stop, and calls `isReady`
/// with the base URL when visitors can come.
func serveDemoGateway(on stage: DemoStage, isReady: (BaseURL) -> Void) async throws {
    throw Fault(
        code: "demo-without-gateway", problem: "This build has no gateway for the demo yet",
        remedy: "Run only the app: runegate demo --app-only")
}
