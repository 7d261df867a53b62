import Control
import GateConfig
import GateModel
import Identity
import Logging
import NIOCore
import ServiceLifecycle

/// The owner's doors: the control socket, and the metrics address when there is one.
struct ControlLife: Service {
    let settings: Settings
    /// A listening socket from systemd; it wins over the configured path.
    let passed: Int32?
    let actions: OwnerActions
    let brand: OwnerPageBrand
    let metrics: MetricsRegistry
    let group: any EventLoopGroup
    let logger = Logger(label: "control")

    func run() async throws {
        let servers = try await open()
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for server in servers { group.addTask { await server.run() } }
            }
        }
    }

    private func open() async throws(Fault) -> [ControlServer] {
        let socket: ControlSocket =
            passed.map { .descriptor($0) }
            ?? .path(settings.controlSocket ?? "\(settings.stateDirectory)/control.sock")
        var servers = [
            try await ControlServer.bind(
                socket, actions: actions, metrics: metrics, brand: brand, group: group)
        ]
        if let address = settings.metricsListen {
            servers.append(
                try await ControlServer.bindMetrics(address, actions: actions, metrics: metrics, group: group)
            )
        }
        return servers
    }
}
