import Logging
import ServiceLifecycle
import Systemd
import UnixSignals

/// What a helper of `serve` does, as a service: ready once it begins, cancelled when it is told to stop.
struct HelperLife: Service {
    /// What `systemctl status` shows at first.
    let status: String
    let work: @Sendable () async throws -> Void

    func run() async throws {
        Notify.send(.ready, .status(status))
        do {
            try await withGracefulShutdownHandler {
                try await cancelWhenGracefulShutdown(work)
            } onGracefulShutdown: {
                Notify.send(.stopping, .status("Stopping"))
            }
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // It was told to stop, and did.
        }
    }

    /// Runs until SIGTERM or SIGINT.
    func runAlone(_ name: String) async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: StartPagesLife(), serviceName: "start pages"),
                    .init(service: self, serviceName: name),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: name)))
        try await StartUp.reporting { try await group.run() }
    }
}
