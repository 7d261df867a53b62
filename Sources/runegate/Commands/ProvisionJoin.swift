import ArgumentParser
import Control
import GateModel
import Provision

/// `runegate provision join`: a code for the aibox.
struct ProvisionJoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Print a join code for the aibox; the one before is void.",
        discussion: "The code works once, within 24 hours. Whoever has it can join: give it to nobody else.")

    @Flag(help: "Let the new box take the place of the one that joined.")
    var replace = false

    @Flag(help: "Print JSON with stable keys.")
    var json = false

    @Option(help: ArgumentHelp("Only write, below this directory.", valueName: "dir"))
    var root: String?

    private struct Document: Encodable {
        let code: String
    }

    func run() throws {
        var options = ProvisionOptions()
        options.root = root
        let installation = try options.installation()
        guard let state = try VPSState.read(installation) else {
            throw Fault(
                code: "not-provisioned", problem: "This machine was never provisioned",
                remedy: "Run `sudo runegate provision vps` first.")
        }
        let code = try RecordFiles(in: installation.tree).offerJoin(
            try state.answers.answers(), replaces: replace)
        if json {
            Terminal.output.write(line: JSONText.of(Document(code: code.text)))
            return
        }
        Terminal.diagnostics.write(
            line: "On the aibox: sudo runegate provision aibox, and this code (24 hours, once):")
        Terminal.output.write(line: code.text)
    }
}
