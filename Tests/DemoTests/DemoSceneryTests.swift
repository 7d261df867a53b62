import GateModel
import TestSupport
import Testing

@testable import Demo

// What is broken and mended while the demo runs, by letters and by the command.

@Suite(.timeLimit(.minutes(1))) struct DemoSceneryTests {
    private func withScenery(_ body: (DemoScenery) async throws -> Void) async throws {
        let scenery = try await DemoScenery.start()
        do {
            try await body(scenery)
        } catch {
            await scenery.stop()
            throw error
        }
        await scenery.stop()
    }

    @Test(
        arguments: [
            ("cut wireguard", .cut(.wireGuard)), ("  MEND   Rathole ", .mend(.rathole)),
            ("cut app", .cut(.app)),
            ("w", .toggle(.wireGuard)), ("R", .toggle(.rathole)), (" a ", .toggle(.app)),
        ] as [(String, SceneryOrder)])
    func `orders are read as they are typed and sent`(line: String, order: SceneryOrder) {
        #expect(SceneryOrder(line) == order)
        #expect(SceneryOrder(order.line) == order)
    }

    @Test(arguments: ["", " ", "x", "cut", "cut x", "cut app now", "mend w", "wr", "\u{0}"])
    func `anything else is no order`(line: String) {
        #expect(SceneryOrder(line) == nil)
    }

    @Test func `a letter breaks and mends in turn`() async throws {
        try await withScenery { scenery in
            for part in DemoScenery.Part.allCases {
                #expect(await !scenery.isCut(part))
                _ = await scenery.perform(.toggle(part))
                #expect(await scenery.isCut(part))
                _ = await scenery.perform(.cut(part))
                #expect(await scenery.isCut(part))
                _ = await scenery.perform(.toggle(part))
                #expect(await !scenery.isCut(part))
            }
        }
    }

    @Test func `a stopped app drops its connections, and comes back at its address`() async throws {
        try await withScenery { scenery in
            guard case .ip(_, let port) = scenery.appAddress else { return }
            let request = "GET /ping HTTP/1.1\r\nHost: demo\r\n\r\n"
            let connection = try await RawConnection.open(port: port)
            try await connection.send(request)
            _ = await connection.text(through: "pong\n")
            _ = await scenery.cut(.app)
            #expect(await connection.text(through: "never") == "")
            await #expect(throws: (any Error).self) { try await RawConnection.open(port: port) }
            _ = try await scenery.mend(.app)
            let again = try await RawConnection.open(port: port)
            try await again.send(request)
            #expect(await again.text(through: "pong\n").hasPrefix("HTTP/1.1 200 "))
            await again.close()
        }
    }

    @Test func `the command reaches the demo by its socket`() async throws {
        let directory = TemporaryDirectory()
        let path = "\(directory.path)/\(SwitchSocket.name)"
        try await withScenery { scenery in
            await #expect(throws: Fault.self) { try await SwitchSocket.send(.cut(.wireGuard), to: path) }
            try await SwitchSocket.serve(at: path, scenery) {
                let said = try await SwitchSocket.send(.cut(.wireGuard), to: path)
                #expect(said.hasPrefix("wireguard is cut"))
                #expect(await scenery.isCut(.wireGuard))
                #expect(try await SwitchSocket.send(.mend(.wireGuard), to: path).contains("mended"))
            }
            #expect(directory.entries.isEmpty, "the socket goes with the demo")
        }
    }
}
