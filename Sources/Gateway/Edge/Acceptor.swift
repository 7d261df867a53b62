import GateModel
import Glibc
import Logging
import NIOCore
import NIOPosix

// Takes connections from the kernel and gives each to its event loop.

/// Opens listeners.
struct Acceptor: Sendable {
    let loops: [NIOLoopBound<LoopContext>]
    let caps: ConnectionCaps
    let state: EdgeState
    let logger: Logger

    /// The kernel cuts it to `net.core.somaxconn`.
    private static let backlog: Int32 = 4096

    func open(_ listener: GatewayListener, on group: MultiThreadedEventLoopGroup) async throws -> any Channel
    {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 16)
            .serverChannelInitializer { [caps, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(caps: caps, logger: logger))
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.writeBufferWaterMark, value: RelayBuffers.waterMark)
            .childChannelOption(.recvAllocator, value: RelayBuffers.receive)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try welcome(channel) }
            }
        switch listener {
        case .passed(let descriptor):
            let channel = try await bootstrap.withBoundSocket(descriptor).get()
            // NIO listens anew, with a queue of 128, before any option counts. Over a restart the queue is where
            // visitors wait (listen(2) may be called again).
            _ = Glibc.listen(descriptor, Self.backlog)
            return channel
        case .address(.ip(let address, let port)):
            return try await bootstrap.bind(host: address.description, port: port).get()
        case .address(.unix(let path)):
            let channel = try await bootstrap.bind(
                unixDomainSocketPath: path, cleanupExistingSocketFile: true
            ).get()
            try UnixListener.openToLocalUsers(path)
            return channel
        }
    }

    private func welcome(_ channel: any Channel) throws {
        guard let loop = loops.first(where: { $0.eventLoop === channel.eventLoop }) else {
            throw ChannelError.operationUnsupported
        }
        let peer = channel.remoteAddress?.ipAddress.flatMap { try? IPAddress($0) }
        let counted = peer.flatMap { state.clientAddress.isTrusted($0) ? nil : $0 }
        guard caps.enter(counted) else {
            // More than one address may have open: not worth an answer.
            throw ChannelError.operationUnsupported
        }
        if peer != nil {
            try channel.syncOptions?.setOption(.tcpOption(.tcp_nodelay), value: 1)
            try channel.syncOptions?.setOption(.socketOption(.so_keepalive), value: 1)
        }
        let visitor = VisitorConnection(shared: loop.value, peer: peer) { [caps] in caps.leave(counted) }
        try channel.pipeline.syncOperations.addHandler(visitor)
    }

    /// What is wrong with a listener, and what to do about it.
    static func fault(_ listeners: [GatewayListener], _ error: any Error) -> Fault {
        let places = listeners.map { listener in
            switch listener {
            case .address(let address): "\(address)"
            case .passed(let descriptor): "passed socket \(descriptor)"
            }
        }
        let reason = (error as? IOError)?.description ?? "\(error)"
        return Fault(
            code: "listen-failed", problem: "cannot listen on \(places.joined(separator: ", ")): \(reason)",
            remedy: "Free the address (`ss -ltnp`), or set RUNEGATE_LISTEN to another one.")
    }
}
