package import GateModel
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// A way to the app that can be cut: a TCP relay on 127.0.0.1, standing in for a tunnel in `runegate demo`.
///
/// A cut relay accepts and stays silent, as a dead tunnel does. Connections that were open stay open and
/// silent too, and go on where they were when the path is mended: so does TCP over a tunnel that comes back.
package final class SimulatedPath: Sendable {
    package let name: String
    /// Where the gateway finds the app over this path.
    package let endpoint: Endpoint
    private let listener: any Channel
    private let relays: RelaySet

    private init(name: String, endpoint: Endpoint, listener: any Channel, relays: RelaySet) {
        self.name = name
        self.endpoint = endpoint
        self.listener = listener
        self.relays = relays
    }

    /// Listens on a free port of 127.0.0.1 and relays to `app`.
    package static func start(name: String, to app: Endpoint) async throws(Fault) -> SimulatedPath {
        let relays = RelaySet()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let front = RelayHalf(relays: relays, opensTo: app)
                    try channel.pipeline.syncOperations.addHandler(front)
                }
            }
        do {
            let listener = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            let port = listener.localAddress?.port ?? 0
            let endpoint = Endpoint(scheme: .http, host: "127.0.0.1", port: port)
            return SimulatedPath(name: name, endpoint: endpoint, listener: listener, relays: relays)
        } catch {
            throw Fault(
                code: "demo-path",
                problem: "The simulated path \(name) cannot listen on 127.0.0.1: \(error)",
                remedy: "Check that this machine has its loopback interface: ip address show lo")
        }
    }

    package var isCut: Bool { relays.isCut }

    /// No byte passes any more, in either direction, and nobody is told.
    package func cut() {
        relays.setCut(true)
    }

    /// Bytes pass again, the ones that were held first.
    package func mend() {
        relays.setCut(false)
    }

    /// Closes the listener and everything that is relayed.
    package func stop() async {
        try? await listener.close()
        relays.closeAll()
    }
}

/// The open connections of one path, and whether it is cut.
final class RelaySet: Sendable {
    private struct State {
        var isCut = false
        var channels: [ObjectIdentifier: any Channel] = [:]
    }

    private let state = Mutex(State())

    var isCut: Bool { state.withLock { $0.isCut } }

    /// Takes a connection in; whether the path is cut at that moment.
    func add(_ channel: any Channel) -> Bool {
        state.withLock {
            $0.channels[ObjectIdentifier(channel)] = channel
            return $0.isCut
        }
    }

    func remove(_ channel: any Channel) {
        state.withLock { _ = $0.channels.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    func setCut(_ isCut: Bool) {
        let channels = state.withLock {
            $0.isCut = isCut
            return Array($0.channels.values)
        }
        for channel in channels {
            channel.pipeline.fireUserInboundEventTriggered(PathChanged(isCut: isCut))
        }
    }

    func closeAll() {
        let channels = state.withLock { Array($0.channels.values) }
        for channel in channels { channel.close(promise: nil) }
    }
}

/// Tells a relayed connection that its path was cut or mended.
struct PathChanged: Sendable {
    let isCut: Bool
}
