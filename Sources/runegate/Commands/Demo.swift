import ArgumentParser
import Control
import Demo
import GateModel

/// `runegate demo`: everything on this machine, no root, no mail server.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Try Runegate on this machine: an app, two simulated paths to it, and sign-in.",
        discussion: """
            Needs no root and no mail server: the sign-in link is printed here. The two paths are relays inside
            the program and are marked simulated in every output.
            """)

    @Flag(help: "Run only the demo app, without the gateway.")
    var appOnly = false

    @Option(
        help: ArgumentHelp(
            "Where to listen: 127.0.0.1:7870, with --app-only 127.0.0.1:7860.", valueName: "address"),
        transform: { try ListenAddress($0) })
    var listen: ListenAddress?

    @Option(help: "The same with 127.0.0.1 and this port; 0 takes a free one.")
    var port: Int?

    func validate() throws {
        guard listen == nil || port == nil else {
            throw ValidationError("Give --listen or --port, not both.")
        }
        guard port.map((0...65535).contains) ?? true else {
            throw ValidationError("--port takes a number from 0 to 65535.")
        }
    }

    func run() async throws {
        if appOnly {
            try await runApp()
        } else {
            try await runAll()
        }
    }

    private func address(defaultPort: Int) -> ListenAddress {
        listen ?? .ip(IPAddress(bytes: [127, 0, 0, 1]), port: port ?? defaultPort)
    }

    private func runApp() async throws {
        let app = try await DemoApp.start(on: address(defaultPort: 7860))
        Terminal.output.write(line: DemoWelcome.appOnly(at: app.address))
        await app.waitUntilStopped()
    }

    private func runAll() async throws {
        let app = try await DemoApp.start(on: .ip(IPAddress(bytes: [127, 0, 0, 1]), port: 0))
        guard let endpoint = app.endpoint else { return }
        let stage = DemoStage(
            listen: address(defaultPort: 7870),
            wireGuard: try await SimulatedPath.start(name: "wireguard", to: endpoint),
            rathole: try await SimulatedPath.start(name: "rathole", to: endpoint),
            stateDirectory: ".runegate",
            outbox: ".runegate/outbox")
        let mailTap = try await DemoMailTap.start(outbox: stage.outbox) { Terminal.output.write(line: $0) }
        try await serveDemoGateway(on: stage) { baseURL in
            Terminal.output.write(
                line: DemoWelcome.everything(at: baseURL, app: app.address, outbox: stage.outbox))
        }
        await mailTap.stop()
        await stage.wireGuard.stop()
        await stage.rathole.stop()
        await app.stop()
    }
}
