import GateConfig
import GateModel
import Gateway
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Store
import TLS
import TunnelSupervisor
import UpstreamSelection

/// Watches the tunnels and moves traffic between them.
struct TunnelLife: Service {
    let service: TunnelService
    let history: HistoryKeeper
    private let aftermath: SwitchAftermath
    private let interface: String?
    private let group: MultiThreadedEventLoopGroup

    /// Nil when no tunnel is configured: then there is nothing to choose between.
    init?(
        settings: Settings, paths: [UpstreamPath], board: SelectionBoard, store: StateStore,
        gateway: RunningGateway
    ) async {
        guard paths.contains(where: { $0.name != .direct }) else { return nil }
        // A loop without visitors, so that no transfer delays a probe.
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.interface = paths.first { $0.name == .wireGuard }?.interface
        let aftermath = SwitchAftermath(gateway: gateway)
        self.aftermath = aftermath
        self.service = TunnelService(
            TunnelSettings(settings, paths: paths, remembered: await RememberedTunnels(from: store)),
            board: board, loop: group.next(), addTLS: TunnelSettings.addTLS(), observe: aftermath.hear)
        self.history = HistoryKeeper(service: service, store: store)
    }

    /// Returns once the event loop has done a piece of work.
    func turn() async { try? await group.next().submit {}.get() }

    func run() async throws {
        await cancelWhenGracefulShutdown { [service, interface, history, aftermath] in
            await withDiscardingTaskGroup { tasks in
                tasks.addTask { await history.run() }
                tasks.addTask { await aftermath.run(service) }
                if let interface {
                    tasks.addTask { await HandshakeLife(interface: interface, service: service).run() }
                }
                await service.run()
                tasks.cancelAll()
            }
        }
        try await group.shutdownGracefully()
    }
}

extension TunnelSettings {
    init(_ settings: Settings, paths: [UpstreamPath], remembered: RememberedTunnels = RememberedTunnels()) {
        self.init(
            paths: paths, probePath: settings.upstream.probePath, host: settings.baseURL.authority,
            failback: Failback(base: settings.upstream.failbackAfter, longest: settings.upstream.failbackMax),
            remembered: remembered)
    }

    /// What puts TLS into probes of an `https` target.
    static func addTLS() -> TunnelService.AddTLS {
        let trust = UpstreamTrust()
        return { channel, host in
            try channel.pipeline.syncOperations.addHandler(
                TLSClientHandler(context: trust.clientContext(), serverName: host))
        }
    }
}
