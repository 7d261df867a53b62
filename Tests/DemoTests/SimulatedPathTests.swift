import GateModel
import NIOCore
import Testing

@testable import Demo

/// Paths that are cut and mended under real connections.
@Suite(.timeLimit(.minutes(1)))
struct SimulatedPathTests {
    private let request = "GET /status/200 HTTP/1.1\r\nHost: demo\r\n\r\n"
    private let answerEnd = "as asked for.\n"

    private func withPath(_ body: (SimulatedPath, _ appPort: Int) async throws -> Void) async throws {
        let app = try await DemoApp.start(on: ListenAddress("127.0.0.1:0"))
        let endpoint = try #require(app.endpoint)
        let path = try await SimulatedPath.start(name: "wireguard", to: endpoint)
        do {
            try await body(path, endpoint.port)
        } catch {
            await path.stop()
            await app.stop()
            throw error
        }
        await path.stop()
        await app.stop()
    }

    /// Lets the event loops do far more than an answer over the path would need.
    private func letThingsHappen(_ appPort: Int) async throws {
        let connection = try await RawConnection.open(port: appPort)
        for _ in 0..<50 {
            try await connection.send(request)
            _ = await connection.text(through: answerEnd)
        }
        await connection.close()
    }

    @Test func `a whole path relays`() async throws {
        try await withPath { path, _ in
            let connection = try await RawConnection.open(port: path.endpoint.port)
            try await connection.send(request)
            #expect(await connection.text(through: answerEnd).hasPrefix("HTTP/1.1 200 "))
            await connection.close()
        }
    }

    @Test func `a cut path accepts and stays silent, and goes on when mended`() async throws {
        try await withPath { path, appPort in
            let old = try await RawConnection.open(port: path.endpoint.port)
            try await old.send(request)
            _ = await old.text(through: answerEnd)

            path.cut()
            #expect(path.isCut)
            let new = try await RawConnection.open(port: path.endpoint.port)
            try await new.send(request)
            try await old.send(request)
            try await letThingsHappen(appPort)
            path.mend()

            // Had an answer passed while the path was cut, it would stand here twice.
            for connection in [old, new] {
                #expect(await connection.text(through: answerEnd).hasPrefix("HTTP/1.1 200 "))
                #expect(connection.received.readableBytes == 0)
                await connection.close()
            }
        }
    }

    @Test func `no byte arrives while the path is cut`() async throws {
        try await withPath { path, appPort in
            let connection = try await RawConnection.open(port: path.endpoint.port)
            try await connection.send(request)
            _ = await connection.text(through: answerEnd)
            path.cut()
            try await connection.send(request)
            try await letThingsHappen(appPort)
            // Closing the path ends the connection: everything that came before would be read first.
            await path.stop()
            #expect(await connection.rest().isEmpty)
            await connection.close()
        }
    }

    @Test func `a client that leaves a cut path does not disturb it`() async throws {
        try await withPath { path, appPort in
            path.cut()
            let gone = try await RawConnection.open(port: path.endpoint.port)
            try await gone.send(request)
            await gone.close()
            try await letThingsHappen(appPort)
            path.mend()
            let connection = try await RawConnection.open(port: path.endpoint.port)
            try await connection.send(request)
            #expect(await connection.text(through: answerEnd).hasPrefix("HTTP/1.1 200 "))
            await connection.close()
        }
    }

    @Test func `large bodies pass whole, and an end of input as a half-close`() async throws {
        try await withPath { path, _ in
            let connection = try await RawConnection.open(port: path.endpoint.port)
            try await connection.send(
                "GET /download?bytes=20000000 HTTP/1.1\r\nHost: demo\r\nConnection: close\r\n\r\n")
            try await connection.endSending()
            _ = await connection.text(through: "\r\n\r\n")
            #expect(await connection.bytes(20_000_001).count == 20_000_000)
            await connection.close()
        }
    }

    @Test func `an app that is gone shows as a closed connection`() async throws {
        let app = try await DemoApp.start(on: ListenAddress("127.0.0.1:0"))
        let endpoint = try #require(app.endpoint)
        await app.stop()
        let path = try await SimulatedPath.start(name: "rathole", to: endpoint)
        let connection = try await RawConnection.open(port: path.endpoint.port)
        #expect(await connection.rest().isEmpty)
        await connection.close()
        await path.stop()
    }
}
