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
            the program and are marked simulated in every output. They can be cut while it runs: type w, r or a
            and Enter, or use `runegate demo cut` and `mend` in the same directory.
            """,
        subcommands: [Cut.self, Mend.self])

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
        let scenery = try await DemoScenery.start()
        let stage = DemoStage(
            listen: address(defaultPort: 7870), wireGuard: scenery.wireGuard, rathole: scenery.rathole,
            stateDirectory: Self.stateDirectory, controlSocket: ".runegate/control.sock",
            outbox: "\(Self.stateDirectory)/outbox")
        let mailTap = try await DemoMailTap.start(outbox: stage.outbox) { Terminal.output.write(line: $0) }
        try await SwitchSocket.serve(at: Self.switchSocket, scenery) {
            try await serveDemoGateway(on: stage) { baseURL in
                Terminal.output.write(
                    line: DemoWelcome.everything(
                        at: baseURL, app: scenery.appAddress, outbox: stage.outbox))
                TypedOrders.read(for: scenery) { Terminal.output.write(line: "\n  \($0)\n") }
            }
        }
        await mailTap.stop()
        await scenery.stop()
    }
}

extension DemoCommand {
    /// Apart from what `serve` keeps in `.runegate`, so that simulated history mixes with none.
    static let stateDirectory = ".runegate/demo"
    static let switchSocket = "\(stateDirectory)/\(SwitchSocket.name)"

    /// `runegate demo cut`: breaks a part of the running demo.
    struct Cut: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Break a part of the demo that runs in this directory.")

        @Argument(help: "wireguard, rathole or app.")
        var part: DemoScenery.Part

        func run() async throws {
            Terminal.output.write(line: try await SwitchSocket.send(.cut(part), to: switchSocket))
        }
    }

    /// `runegate demo mend`: makes it whole again.
    struct Mend: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mend a part of the demo that runs in this directory.")

        @Argument(help: "wireguard, rathole or app.")
        var part: DemoScenery.Part

        func run() async throws {
            Terminal.output.write(line: try await SwitchSocket.send(.mend(part), to: switchSocket))
        }
    }
}

extension DemoScenery.Part: ExpressibleByArgument {}
