package import GateModel
import NIOCore
import NIOPosix
import TLS

/// Whether visitors are answered: nginx, and the gateway behind it, asked from this machine over https.
///
/// The certificate is not judged; before the authority has issued one it is self-signed.
package struct SiteHealth: Sendable {
    private let domain: DomainName
    private static let pause: Duration = .milliseconds(100)

    package init(_ domain: DomainName) {
        self.domain = domain
    }

    /// Asks until there is an answer.
    ///
    /// - Parameter patience: How long to go on asking.
    /// - Returns: Why there is none; nil when the site works.
    package func problem(after patience: Duration = .seconds(20)) async -> Fault? {
        let deadline = ContinuousClock.now + patience
        while true {
            let said = await ask()
            guard let said else { return nil }
            guard ContinuousClock.now + Self.pause < deadline else {
                return Fault(
                    code: "provision-not-healthy",
                    problem: "https://\(domain)/.runegate/health has no good answer on this machine: \(said)",
                    remedy:
                        "See `journalctl -b -u nginx -u runegate`, mend that, then run the same command again."
                )
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Asks once; nil when all is well, else what came instead.
    private func ask() async -> String? {
        let request = "GET /.runegate/health HTTP/1.1\r\nHost: \(domain)\r\nConnection: close\r\n\r\n"
        do {
            let context = try TLSClientContext(authorities: .notChecked)
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            let promise = loop.makePromise(of: [UInt8].self)
            ClientBootstrap(group: loop)
                .connectTimeout(.seconds(3))
                .channelInitializer { [domain] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            TLSClientHandler(context: context, serverName: domain.ascii),
                            EnrollHTTPExchange(
                                request: Array(request.utf8), deadline: .seconds(5), result: promise),
                        ])
                    }
                }
                .connect(host: "127.0.0.1", port: 443)
                .whenFailure { promise.fail($0) }
            guard let answer = EnrollHTTPAnswer(try await promise.futureResult.get()) else {
                return "it is no HTTP"
            }
            return answer.status == 200 ? nil : "status \(answer.status)"
        } catch {
            return "\(error)"
        }
    }
}
