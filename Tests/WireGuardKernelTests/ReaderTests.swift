import GateModel
import Glibc
import TestSupport
import Testing

@testable import WireGuardKernel

/// An interface that no machine has; what is read of it is that it is not there.
private func noInterface() throws -> InterfaceName { try InterfaceName("rg-none") }

/// Runs `body` while a reader serves `path`.
private func withReader(
    at path: String, _ body: () async throws -> Void
) async throws {
    let server = try ReaderServer(interface: try noInterface(), socket: .path(path))
    try await withThrowingTaskGroup { group in
        group.addTask { try await server.run() }
        try await body()
        group.cancelAll()
    }
}

private typealias Readings = AsyncStream<WireGuardReading>

/// The next readings up to one of a sample; nil when the stream ends.
private func nextSample(_ readings: inout Readings.AsyncIterator) async -> WireGuardSample? {
    while let reading = await readings.next() {
        if case .sample(let sample) = reading { return sample }
    }
    return nil
}

private func nextUnknown(_ readings: inout Readings.AsyncIterator) async -> Fault? {
    while let reading = await readings.next() {
        if case .unknown(let fault) = reading { return fault }
    }
    return nil
}

@Test(.timeLimit(.minutes(1)))
func `samples pass the reader's socket, for each client that joins`() async throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/reader.sock"
    try await withReader(at: path) {
        for _ in 0..<2 {
            var readings = ReaderSource(interface: try noInterface(), path: path).readings()
                .makeAsyncIterator()
            let sample = try #require(await nextSample(&readings))
            #expect(sample.interface == "rg-none" && !sample.exists && !sample.isUp)
            #expect(sample.hasEndpoint == nil && sample.fault != nil)
            #expect(await nextSample(&readings) != nil)
        }
    }
}

@Test(.timeLimit(.minutes(1)))
func `the reader's socket is for its group only`() throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/reader.sock"
    let server = try ReaderServer(interface: try noInterface(), socket: .path(path))
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o660)
    withExtendedLifetime(server) {}
}

@Test(.timeLimit(.minutes(1)))
func `losing the reader is not knowing, and it is found again by itself`() async throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/reader.sock"
    var readings = ReaderSource(interface: try noInterface(), path: path).readings().makeAsyncIterator()
    let absent = try #require(await nextUnknown(&readings))
    #expect(absent.code == "wireguard-reader-lost")
    #expect(absent.remedy.contains("runegate-wireguard.socket"))
    for _ in 0..<2 {
        try await withReader(at: path) { #expect(await nextSample(&readings) != nil) }
        let lost = try #require(await nextUnknown(&readings))
        #expect(lost.problem.contains("ended the connection"))
    }
}

@Test(.timeLimit(.minutes(1)))
func `a reader that watches another interface tells nothing`() async throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/reader.sock"
    try await withReader(at: path) {
        var readings = ReaderSource(interface: try InterfaceName("wg0"), path: path).readings()
            .makeAsyncIterator()
        let fault = try #require(await nextUnknown(&readings))
        #expect(fault.problem.contains("watches rg-none, not wg0"))
        #expect(fault.remedy.contains("RUNEGATE_WIREGUARD_INTERFACE"))
    }
}

@Test(
    .timeLimit(.minutes(1)),
    arguments: ["no sample\n", "{}\n", String(repeating: "x", count: SampleLine.maximumBytes + 1)])
func `a reader that talks nonsense tells nothing`(text: String) async throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/reader.sock"
    let listener = try UnixSocket(listeningAt: path)
    var readings = ReaderSource(interface: try noInterface(), path: path).readings().makeAsyncIterator()
    #expect(listener.waitUntilReadable(milliseconds: 20_000))
    let client = try #require(listener.accept())
    #expect(client.send(Array(text.utf8)))
    let fault = try #require(await nextUnknown(&readings))
    #expect(fault.problem.contains("sent "))
}

@Test(.timeLimit(.minutes(1)))
func `a client that does not read is sent away, and the others stay`() async throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/reader.sock"
    let listener = try UnixSocket(listeningAt: path)
    let slow = try UnixSocket(connectingTo: path)
    let client = try #require(listener.accept())
    let line = [UInt8](repeating: 0x61, count: 4096)
    var sent = 0
    while client.send(line), sent < 100_000 { sent += 1 }
    #expect(sent > 0 && sent < 100_000, "a full buffer must not block the sender")
    withExtendedLifetime(slow) {}
}

@Test func `a path that is too long for a socket is refused`() throws {
    let directory = TemporaryDirectory()
    let path = "\(directory.path)/\(String(repeating: "x", count: 120))"
    #expect(throws: Fault.self) { try ReaderServer(interface: try noInterface(), socket: .path(path)) }
}

/// What is read from a userspace WireGuard that answers with a fixed text.
private func device(answered text: String) throws -> WireGuardDevice? {
    let directory = TemporaryDirectory()
    let listener = try UnixSocket(listeningAt: "\(directory.path)/wg0.sock")
    let hasStarted = BlockingThread.start {
        guard listener.waitUntilReadable(milliseconds: 20_000), let client = listener.accept() else { return }
        _ = client.waitUntilReadable(milliseconds: 20_000)
        // In two pieces, as a stream may.
        let bytes = Array(text.utf8)
        _ = client.send(Array(bytes.prefix(bytes.count / 2)))
        _ = client.send(Array(bytes.suffix(bytes.count - bytes.count / 2)))
    }
    #expect(hasStarted)
    return try UserspaceWireGuard(directory: directory.path).device(try InterfaceName("wg0"))
}

@Test func `a userspace WireGuard is asked over its socket`() throws {
    #expect(try device(answered: "listen_port=7\nerrno=0\n\n")?.listenPort == 7)
    #expect(throws: WireGuardProblem.self) { try device(answered: "listen_port=7\n") }
}

@Test func `a socket that is not there, or that nobody serves, is no userspace WireGuard`() throws {
    let directory = TemporaryDirectory()
    let name = try InterfaceName("wg0")
    #expect(try UserspaceWireGuard(directory: directory.path).device(name) == nil)
    do { _ = try UnixSocket(listeningAt: "\(directory.path)/wg0.sock") }
    #expect(try UserspaceWireGuard(directory: directory.path).device(name) == nil)
}
