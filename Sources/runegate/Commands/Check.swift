import ArgumentParser
import Control
import Foundation
import GateConfig

/// `runegate check`: every problem of the configuration, or what it comes to.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the configuration: every problem, with its place.",
        discussion: """
            Reads what `runegate serve` would read and changes nothing.

            EXIT STATUS  0 all is right, 78 something is wrong.
            """)

    @Flag(help: "Print JSON with stable keys.")
    var json = false

    @Flag(help: "List the settings that nobody touched too.")
    var all = false

    @Option(help: ArgumentHelp("Where runegate.toml and runegate.env are.", valueName: "directory"))
    var config: String?

    func run() async throws {
        let report = CheckReport(ConfigLoader.load(.process(reader: .check, directory: config)))
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            Terminal.output.write(line: String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            Terminal.output.write(line: report.text(showsDefaults: all))
        }
        guard report.isRight else { throw ExitCode(78) }
    }
}
