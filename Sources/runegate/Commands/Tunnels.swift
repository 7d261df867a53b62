import ArgumentParser
import Control
import GateModel
import TunnelSupervisor

/// `runegate tunnels`: how the paths to the app are, and moving traffic between them.
struct TunnelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tunnels",
        abstract: "Show how the paths to the app are.",
        discussion: """
            EXIT STATUS  0 traffic is on the first path and every path is proven (without tunnels: the app
            answers), 1 degraded, 2 down, app down or not joined, 3 Runegate cannot be reached. On the aibox, which
            looks for itself: 0 the tunnels are up and the app answers, 1 one of them is up, 2 none, or no app, 77 not
            root.
            """,
        subcommands: [Why.self, Drill.self, Prefer.self])

    /// Counts for the subcommands too, wherever it stands.
    @Flag(help: "Print JSON with stable keys; with --watch a line for each change.")
    var json = false

    @Flag(help: "Go on until Ctrl-C: redraw on a terminal, else write a line for each change.")
    var watch = false

    @Flag(help: "Show the last 30 days: round trips, loss, switches, time on the fallback.")
    var history = false

    func validate() throws {
        guard !(watch && history) else { throw ValidationError("Give --watch or --history, not both.") }
    }

    func run() async throws {
        if ThisMachine.isAibox, !history {
            let box = try BoxTunnels(hasJSON: json)
            if watch { return await box.watch() }
            return try box.run()
        }
        if watch { return try await TunnelsWatch(hasJSON: json).run() }
        if history { return try await showHistory() }
        let report = try await reachingDaemon { client throws(ControlFailure) in try await client.tunnels() }
        let hasColor = Terminal.output.hasColor
        write(json ? [JSONText.of(report)] : TunnelListing(report, hasColor: hasColor).lines)
        throw ExitCode(report.verdict.exitCode)
    }

    private func showHistory() async throws {
        let history = try await reachingDaemon { client throws(ControlFailure) in
            try await client.tunnelHistory()
        }
        let hasColor = Terminal.output.hasColor
        write(json ? [JSONText.of(history)] : HistoryListing(history, hasColor: hasColor).lines)
    }

    struct Why: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say why traffic is where it is, and what would move it.")

        @ParentCommand var tunnels: TunnelsCommand

        func run() async throws {
            let why = try await reachingDaemon { client throws(ControlFailure) in
                try await client.whyTunnels()
            }
            write(tunnels.json ? [JSONText.of(why)] : why.lines)
        }
    }

    struct Drill: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move traffic to the fallback and back, and measure what a visitor feels.",
            discussion: """
                Takes about five seconds, in which Runegate asks for RUNEGATE_PROBE_PATH through its own listener
                as a signed-in visitor does. Running streams stay where they are.

                EXIT STATUS  0 passed (nobody waited a second, no request failed), 1 failed, or refused because
                the fallback is not proven, 3 Runegate cannot be reached.
                """)

        @ParentCommand var tunnels: TunnelsCommand

        func run() async throws {
            let json = tunnels.json
            if Terminal.output.isInteractive, !json { write(["Moving traffic there and back…"]) }
            let result = try await reachingDaemon { client throws(ControlFailure) in
                try await client.drill()
            }
            let hasColor = Terminal.output.hasColor
            write(json ? [JSONText.of(result)] : DrillNotice.lines(result, hasColor: hasColor))
            throw ExitCode(result.isPassed ? 0 : 1)
        }
    }

    struct Prefer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have traffic on a path while it works, also after a restart; auto is the first one.")

        @Argument(help: "wireguard, rathole or auto.")
        var path: Preference

        @ParentCommand var tunnels: TunnelsCommand

        func run() async throws {
            let report = try await reachingDaemon { client throws(ControlFailure) in
                try await client.prefer(path)
            }
            write(tunnels.json ? [JSONText.of(report)] : PreferenceNotice.lines(path, report))
        }
    }
}

extension Preference: ExpressibleByArgument {}

private func write(_ lines: [String]) {
    for line in lines { Terminal.output.write(line: line) }
}
