import ArgumentParser
import Control
import GateModel

/// `runegate sessions`: who is signed in, and ending that.
struct SessionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Show who is signed in, or sign somebody out.",
        subcommands: [List.self, Revoke.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the live sessions, the last used first.")

        @Flag(help: "Print JSON with stable keys.")
        var json = false

        func run() async throws {
            let sessions = try await reachingDaemon { client throws(ControlFailure) in
                try await client.sessions()
            }
            guard !json else {
                Terminal.output.write(line: SessionListing.json(sessions))
                return
            }
            for line in SessionListing.lines(sessions, hasColor: Terminal.output.hasColor) {
                Terminal.output.write(line: line)
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a session, or all of a user's; open streams close within a second.")

        @Argument(help: "The session's id as `runegate sessions list` shows it, or its first 8 digits.")
        var id: String?

        @Option(
            help: ArgumentHelp("End all sessions of this address, and void its links.", valueName: "email"),
            transform: { try EmailAddress($0) })
        var user: EmailAddress?

        func validate() throws {
            guard (id == nil) != (user == nil) else {
                throw ValidationError("Give a session's id, or --user and an address.")
            }
        }

        func run() async throws {
            let ended = try await reachingDaemon { client throws(ControlFailure) in
                if let user { return try await client.revoke(user: user) }
                return try await client.revoke(session: id ?? "")
            }
            guard ended > 0 else {
                let whose =
                    user.map { "\($0) has no live session" } ?? "No live session has the id \(id ?? "")"
                Terminal.diagnostics.write(line: "\(whose). See who has: runegate sessions list")
                throw ExitCode(1)
            }
            Terminal.output.write(line: ended == 1 ? "Ended 1 session." : "Ended \(ended) sessions.")
        }
    }
}
