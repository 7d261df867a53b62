import Gateway
import Identity
import NIOCore
import Store

extension [WatchedPart] {
    /// Every event loop, and the database's queue.
    init(
        group: any EventLoopGroup, gateway: RunningGateway, tunnels: TunnelLife?, identity: IdentityServices
    ) {
        self = [
            WatchedPart(name: "visitors' event loops") { await gateway.server?.turn() },
            WatchedPart(name: "the owner's event loops") {
                for loop in group.makeIterator() { try? await loop.submit {}.get() }
            },
            WatchedPart(name: "the database") { await identity.store.turn() },
        ]
        if let tunnels { append(WatchedPart(name: "the tunnels' event loop") { await tunnels.turn() }) }
    }
}
