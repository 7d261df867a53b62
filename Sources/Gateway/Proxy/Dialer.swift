import GateModel
import Glibc
import NIOCore
import NIOPosix
import TLS
import UpstreamSelection

// One connect to the app over one path.

/// Makes connections to the app.
struct Dialer: Sendable {
    let limits: EdgeLimits
    let trust = UpstreamTrust()

    /// Connects on the caller's event loop.
    func connect(_ path: UpstreamPath, in shared: LoopContext) -> EventLoopFuture<UpstreamConnection> {
        let loop = shared.loop
        let ready = loop.makePromise(of: Void.self)
        let connection = UpstreamConnection(path: path, shared: shared, ready: ready)
        let boundConnection = NIOLoopBound(connection, eventLoop: loop)
        var bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(limits.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.writeBufferWaterMark, value: RelayBuffers.waterMark)
            .channelOption(.recvAllocator, value: RelayBuffers.receive)
            .channelInitializer { [trust] channel in
                do {
                    if path.endpoint.scheme == .https {
                        try channel.pipeline.syncOperations.addHandler(
                            TLSClientHandler(context: trust.clientContext(), serverName: path.endpoint.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(boundConnection.value)
                } catch {
                    return channel.eventLoop.makeFailedFuture(error)
                }
                guard let interface = path.interface else {
                    return channel.eventLoop.makeSucceededVoidFuture()
                }
                return UpstreamSocket.bind(channel, to: interface)
            }
        for (option, value) in UpstreamSocket.keepAlive {
            bootstrap = bootstrap.channelOption(option, value: value)
        }
        let connected = Self.connect(bootstrap, to: path.endpoint)
        connected.cascadeFailure(to: ready)
        return ready.futureResult.map { boundConnection.value }
    }

    /// An address is connected to at once; only a name is looked up, off the event loop.
    private static func connect(
        _ bootstrap: ClientBootstrap, to endpoint: Endpoint
    ) -> EventLoopFuture<any Channel> {
        if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
            return bootstrap.connect(to: address)
        }
        return bootstrap.connect(host: endpoint.host, port: endpoint.port)
    }
}

/// The options of a socket to the app that have no name in NIO.
enum UpstreamSocket {
    /// Lets the kernel find a dead peer within half a minute.
    ///
    /// Not sooner, although a dead tunnel is known within a second: probes end what runs on that. The limit also
    /// ends an upload to an app that takes nothing for so long (TCP_USER_TIMEOUT counts while the window is closed,
    /// too), and an app may be busy for a while.
    static let keepAlive:
        [(option: ChannelOptions.Types.SocketOption, value: ChannelOptions.Types.SocketOption.Value)] = [
            (.socketOption(.so_keepalive), 1),
            (.tcp(TCP_KEEPIDLE), 15),
            (.tcp(TCP_KEEPINTVL), 5),
            (.tcp(TCP_KEEPCNT), 3),
            (.tcp(TCP_USER_TIMEOUT), 30_000),
        ]

    /// Binds to an interface, so that nothing for the app leaves by another one.
    ///
    /// Open to any user since Linux 5.7 (`socket(7)`, SO_BINDTODEVICE).
    static func bind(_ channel: any Channel, to interface: String) -> EventLoopFuture<Void> {
        guard let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        // IFNAMSIZ bytes with a final NUL.
        var name: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &name) { $0.copyBytes(from: interface.utf8.prefix(15)) }
        return socket.unsafeSetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_BINDTODEVICE), value: name)
    }
}

extension ChannelOptions.Types.SocketOption {
    fileprivate static func tcp(_ name: CInt) -> Self {
        Self(level: .tcp, name: NIOBSDSocket.Option(rawValue: name))
    }
}
