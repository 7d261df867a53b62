import Control
import GateConfig
import GateModel
import Gateway
import Synchronization
import UpstreamSelection

/// The gateway for parts that are made before it runs, with the settings in force and what is known of its health.
final class RunningGateway: Sendable {
    private struct State {
        var server: GatewayServer?
        var settings: Settings
        var configuration = ConfigurationStanding()
        var hanging: [String] = []
    }

    private let state: Mutex<State>

    init(settings: Settings) {
        self.state = Mutex(State(settings: settings))
    }

    /// Nil before it runs, and once it ends.
    var server: GatewayServer? { state.withLock { $0.server } }
    var settings: Settings { state.withLock { $0.settings } }
    /// What the reloads so far left behind.
    var configuration: ConfigurationStanding { state.withLock { $0.configuration } }
    /// The parts that do not move, by name.
    var hanging: [String] { state.withLock { $0.hanging } }

    func begin(_ server: GatewayServer) { state.withLock { $0.server = server } }
    /// Says that its event loops are about to stop: whoever asked them would never hear.
    func end() { state.withLock { $0.server = nil } }
    func take(_ settings: Settings) { state.withLock { $0.settings = settings } }
    func note(_ configuration: ConfigurationStanding) { state.withLock { $0.configuration = configuration } }
    func note(hanging: [String]) { state.withLock { $0.hanging = hanging } }

    /// What is under way now; nothing while it does not run.
    func traffic() async -> GatewayTraffic { await server?.traffic() ?? GatewayTraffic() }
}
