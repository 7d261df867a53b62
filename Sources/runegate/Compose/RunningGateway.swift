import GateConfig
import GateModel
import Gateway
import Synchronization
import UpstreamSelection

/// The gateway for parts that are made before it runs, with the settings in force.
final class RunningGateway: Sendable {
    private let state: Mutex<(server: GatewayServer?, settings: Settings)>

    init(settings: Settings) {
        self.state = Mutex((nil, settings))
    }

    /// Nil before it runs.
    var server: GatewayServer? { state.withLock { $0.server } }
    var settings: Settings { state.withLock { $0.settings } }

    func begin(_ server: GatewayServer) { state.withLock { $0.server = server } }
    func take(_ settings: Settings) { state.withLock { $0.settings = settings } }

    /// What is under way now; nothing before it runs.
    func traffic() async -> GatewayTraffic { await server?.traffic() ?? GatewayTraffic() }
}
