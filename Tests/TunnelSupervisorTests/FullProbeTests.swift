import GateModel
import Glibc
import NIOCore
import NIOPosix
import Testing
import UpstreamSelection

@testable import TunnelSupervisor

// What a full probe says of each thing that may be at a path's end.

private func probe(
    _ path: UpstreamPath, _ verb: ProbeMethod.Verb = .head, deadline: Duration = .milliseconds(300)
) async throws -> FullOutcome {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let promise = loop.makePromise(of: FullOutcome?.self)
    loop.execute {
        FullProbe(host: "app.example.com", target: "/", addTLS: nil)
            .send(verb, over: path, on: loop, deadline: deadline, clock: { SystemTime().now().sinceBoot }) {
                promise.succeed($0)
            }
    }
    return try #require(await promise.futureResult.get())
}

@Test(arguments: [
    ("HTTP/1.1 200 OK\r\n\r\n", 200), ("HTTP/1.0 503 Busy\r\n", 503), ("HTTP/1.1 301", 301),
])
func `any status counts as an answer`(text: String, status: Int) async throws {
    let app = try await PlayedApp.start(.answers(text))
    let outcome = try await probe(app.path(.rathole), deadline: .seconds(20))
    guard case .answered(let seen, let time) = outcome else {
        Issue.record("\(outcome)")
        return
    }
    #expect(seen == status)
    #expect(time > .zero)
    try await app.stop()
}

@Test func `a status line may come in pieces`() async throws {
    let app = try await PlayedApp.start(.dribbles)
    let outcome = try await probe(app.path(.rathole), deadline: .seconds(20))
    #expect(outcome.isAnswer)
    try await app.stop()
}

@Test(arguments: [
    (PlayedApp.Behaviour.closes, FullOutcome.closed), (.isSilent, .silent),
    (.answers("SSH-2.0-x\r\n"), .garbled),
    (.answers("HTTP/1.1 2"), .garbled), (.ignoresHead, .silent),
])
func `what is no answer is named`(behaviour: PlayedApp.Behaviour, expected: FullOutcome) async throws {
    let app = try await PlayedApp.start(behaviour)
    #expect(try await probe(app.path(.rathole)) == expected)
    try await app.stop()
}

@Test func `an answer that a busy process had no time for is none that did not come`() async throws {
    let app = try await PlayedApp.start(.answers("HTTP/1.1 200 OK\r\n\r\n"))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let promise = loop.makePromise(of: FullOutcome?.self)
    loop.execute {
        FullProbe(host: "app.example.com", target: "/", addTLS: nil)
            .send(
                .head, over: app.path(.rathole), on: loop, deadline: .milliseconds(100),
                clock: { SystemTime().now().sinceBoot }
            ) { promise.succeed($0) }
        // The request is not even sent when its deadline has passed: the loop does nothing else meanwhile.
        usleep(400_000)
    }
    #expect(try await promise.futureResult.get()?.isAnswer == true)
    try await group.shutdownGracefully()
    try await app.stop()
}

@Test func `a port on which nobody listens is refused`() async throws {
    let app = try await PlayedApp.start(.closes)
    let path = app.path(.rathole)
    try await app.stop()
    #expect(try await probe(path) == .refused)
}

@Test func `an app that ignores HEAD answers GET`() async throws {
    let app = try await PlayedApp.start(.ignoresHead)
    #expect(try await probe(app.path(.wireGuard), .get, deadline: .seconds(20)).isAnswer)
    try await app.stop()
}

@Test func `an interface that does not exist is known at once`() async throws {
    let app = try await PlayedApp.start(.answers("HTTP/1.1 200 OK\r\n\r\n"))
    let outcome = try await probe(
        app.path(.wireGuard, interface: "rgnosuch0"), deadline: .seconds(20))
    guard case .unreachable = outcome else {
        Issue.record("\(outcome)")
        return
    }
    try await app.stop()
}
