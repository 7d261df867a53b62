internal import GateModel
internal import NIOCore
internal import NIOPosix

// Where the checked addresses of GateModel meet NIO.

extension ServerBootstrap {
    func bind(to address: ListenAddress) async throws -> any Channel {
        switch address {
        case .ip(let ip, let port):
            try await bind(host: ip.description, port: port).get()
        case .unix(let path):
            try await bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
        }
    }
}

extension ListenAddress {
    /// The same address with the port that `listener` really has.
    func bound(to listener: any Channel) -> ListenAddress {
        guard case .ip(let ip, _) = self, let port = listener.localAddress?.port else { return self }
        return .ip(ip, port: port)
    }
}
