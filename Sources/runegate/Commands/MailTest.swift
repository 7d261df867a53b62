import ArgumentParser
import Control
import GateModel
import Mail

/// `runegate mail`: whether mail gets out.
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "Check that mail gets out.", subcommands: [Test.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Send a test mail; show the conversation with the server, without the password, and a verdict.",
            discussion: "Exit status: 0 the server took the mail, 1 it did not, 3 Runegate is not running.")

        @Argument(help: "Where to send it.", transform: { try EmailAddress($0) })
        var address: EmailAddress

        @Flag(help: "Print JSON with stable keys.")
        var json = false

        func run() async throws {
            let report = try await reachingDaemon { client throws(ControlFailure) in
                try await client.testMail(to: address)
            }
            let lines =
                json
                ? [JSONText.of(report)] : MailTestNotice.lines(report, hasColor: Terminal.output.hasColor)
            for line in lines { Terminal.output.write(line: line) }
            if !report.isDelivered { throw ExitCode(1) }
        }
    }
}
