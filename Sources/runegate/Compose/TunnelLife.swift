import GateConfig
import GateModel
import Gateway
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import TLS
import TunnelSupervisor
import UpstreamSelection

/// Watches the tunnels and moves traffic between them.
struct TunnelLife: Service {
    let service: TunnelService
    private let interface: String?
    private let group: MultiThreadedEventLoopGroup

    /// Nil when no tunnel is configured: then there is nothing to choose between.
    init?(settings: Settings, paths: [UpstreamPath], board: SelectionBoard) {
        guard paths.contains(where: { $0.name != .direct }) else { return nil }
        // A loop without visitors, so that no transfer delays a probe.
        self.group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        self.interface = paths.first { $0.name == .wireGuard }?.interface
        let trust = UpstreamTrust()
        self.service = TunnelService(
            TunnelSettings(
                paths: paths, probePath: settings.upstream.probePath, host: settings.baseURL.authority,
                failback: Failback(
                    base: settings.upstream.failbackAfter, longest: settings.upstream.failbackMax)),
            board: board, loop: group.next(),
            addTLS: { channel, host in
                try channel.pipeline.syncOperations.addHandler(
                    TLSClientHandler(context: trust.clientContext(), serverName: host))
            })
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [service, interface] in
            await withDiscardingTaskGroup { tasks in
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
