import GateModel
import Glibc
import NIOCore
import NIOPosix
import UpstreamSelection

/// Connections and sockets that probes use: bound to the path's interface, as those of visitors are.
enum ProbeSocket {
    /// Binds to an interface (`socket(7)`, SO_BINDTODEVICE); fails with `ENODEV` when there is none of that
    /// name.
    static func bind(_ channel: any Channel, to interface: String?) -> EventLoopFuture<Void> {
        guard let interface, let socket = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeSucceededVoidFuture()
        }
        // IFNAMSIZ bytes with a final NUL.
        var name: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &name) { $0.copyBytes(from: interface.utf8.prefix(15)) }
        return socket.unsafeSetSocketOption(
            level: .socket, name: NIOBSDSocket.Option(rawValue: SO_BINDTODEVICE), value: name)
    }

    /// Connects; an address at once, a name after a lookup off the event loop.
    static func connect(_ bootstrap: ClientBootstrap, to endpoint: Endpoint) -> EventLoopFuture<any Channel> {
        if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
            return bootstrap.connect(to: address)
        }
        return bootstrap.connect(host: endpoint.host, port: endpoint.port)
    }
}
