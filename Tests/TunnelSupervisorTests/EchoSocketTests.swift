import GateModel
import Glibc
import NIOCore
import NIOPosix
import Testing
import UpstreamSelection

@testable import TunnelSupervisor

/// Whether `ping_group_range` lets this process make ping sockets.
private let canPing: Bool = {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), Int32(IPPROTO_ICMP))
    guard descriptor >= 0 else { return false }
    close(descriptor)
    return true
}()

private func echo(to host: String, interface: String? = nil) async throws -> EchoSocket.Event? {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: EchoSocket.Event?.self)
    loop.execute {
        let path = UpstreamPath(
            name: .wireGuard, endpoint: Endpoint(scheme: .http, host: host, port: 1), interface: interface)
        guard let socket = EchoSocket(path, on: loop, report: { promise.succeed($0) }) else {
            return promise.succeed(nil)
        }
        let bound = NIOLoopBound(socket, eventLoop: loop)
        let sending = loop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
            _ = bound.value.send(7)
            if bound.value.isRefused { promise.succeed(nil) }
        }
        promise.futureResult.whenComplete { _ in
            sending.cancel()
            bound.value.close()
        }
    }
    return try await promise.futureResult.get()
}

@Suite(.timeLimit(.minutes(1)))
struct Echoes {
    @Test(.enabled(if: canPing)) func `an echo to this machine is answered`() async throws {
        guard case .answered(sequence: 7) = try await echo(to: "127.0.0.1") else {
            Issue.record("no answer")
            return
        }
    }

    @Test(.enabled(if: !canPing)) func `without the right the socket says so and is not tried again`()
        async throws
    {
        #expect(try await echo(to: "127.0.0.1") == nil)
    }

    @Test func `a name gets no echo`() async throws {
        #expect(try await echo(to: "app.example.com") == nil)
    }
}
