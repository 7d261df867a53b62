import ArgumentParser
import Control
import GateModel
import Provision

/// `runegate provision join`: a code for the aibox.
struct ProvisionJoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Print a join code for the aibox; the one before is void.",
        discussion: """
            The code works once, within 24 hours. Whoever has it can join: give it to nobody else. Before anybody uses \
            it nothing changes; a box that joined earlier stays in until another takes its place.
            """)

    @Flag(help: "Let the new box take the place of the one that joined.")
    var replace = false

    @Flag(
        help: "Wait until the aibox has joined, and print the words to compare; Ctrl-C ends the waiting only."
    )
    var wait = false

    @Flag(help: "Print JSON with stable keys.")
    var json = false

    @Option(help: ArgumentHelp("Only write, below this directory.", valueName: "dir"))
    var root: String?

    private struct Document: Encodable {
        let code: String
        let hours: Int64
    }

    func run() async throws {
        var options = ProvisionOptions()
        options.root = root
        let installation = try options.installation()
        guard let state = try VPSState.read(installation) else {
            throw Fault.notProvisioned
        }
        let files = try RecordFiles(in: installation.tree)
        let before = try files.enrolment()?.fingerprint
        let code = try files.offerJoin(try state.answers.answers(), replaces: replace)
        show(code)
        if wait { try await waitForJoin(files, before: before) }
    }

    private func show(_ code: JoinCode) {
        let hours = JoinCode.life.components.seconds / 3600
        if json {
            Terminal.output.write(line: JSONText.of(Document(code: code.text, hours: hours)))
            return
        }
        Terminal.diagnostics.write(
            line: "On the aibox: sudo runegate provision aibox, and this code (\(hours) hours, once):")
        Terminal.output.write(line: code.text)
        guard !wait else { return }
        Terminal.diagnostics.write(
            line:
                "When it has joined, `sudo runegate provision status` says six words: the aibox says the same."
        )
    }

    private func waitForJoin(_ files: RecordFiles, before: Fingerprint?) async throws {
        Terminal.diagnostics.write(
            line: "Waiting for the aibox (Ctrl-C: no more waiting; the code stays good)…")
        while true {
            try await Task.sleep(for: .seconds(1))
            guard let state = try files.enrolment() else { continue }
            if let words = state.fingerprint, words != before {
                Terminal.output.write(line: "Joined. The aibox says the same words: \(words)")
                return
            }
            guard state.offer != nil else {
                throw Fault(
                    code: "code-void", problem: "The code is void now, and nobody has joined with it",
                    remedy: "Run the same command again for a new one.")
            }
        }
    }
}
