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

    /// Nil before it runs, and once it ends.
    var server: GatewayServer? { state.withLock { $0.server } }
    var settings: Settings { state.withLock { $0.settings } }

    func begin(_ server: GatewayServer) { state.withLock { $0.server = server } }
    /// Says that its event loops are about to stop: whoever asked them would never hear.
    func end() { state.withLock { $0.server = nil } }
    func take(_ settings: Settings) { state.withLock { $0.settings = settings } }

    /// What is under way now; nothing while it does not run.
    func traffic() async -> GatewayTraffic { await server?.traffic() ?? GatewayTraffic() }
}
