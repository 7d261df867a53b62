import ArgumentParser
import Control
import GateModel
import Provision

/// `runegate provision status`: what was put on this machine, and whether it is whole.
struct ProvisionStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say what was put on this machine, who it has joined, and whether a run was interrupted.",
        discussion:
            "EXIT STATUS  0 provisioned and whole, 1 not provisioned, 2 a run was interrupted, 77 not root.")

    @Option(help: ArgumentHelp("Look below this directory.", valueName: "dir"))
    var root: String?

    @Flag(help: "Print JSON with stable keys.")
    var json = false

    private struct Document: Encodable {
        let isProvisioned: Bool
        let machine: String?
        let generation: Int?
        let files: Int
        let interrupted: String?
        let kept: [String]
        let join: JoinStatus?
    }

    func run() throws {
        var options = ProvisionOptions()
        options.root = root
        let installation = try options.installation()
        let manifest = try installation.manifest()
        let interrupted = try installation.interruptedRun()
        let state = try VPSState.read(installation)
        let join = try JoinStatus(of: installation)
        let document = Document(
            isProvisioned: manifest != nil, machine: join?.machine.rawValue, generation: state?.generation,
            files: manifest?.files.count ?? 0, interrupted: interrupted?.rawValue,
            kept: manifest?.kept.keys.sorted() ?? [], join: join)
        if json {
            Terminal.output.write(line: JSONText.of(document))
        } else {
            for line in Self.lines(document, interrupted) { Terminal.output.write(line: line) }
        }
        if interrupted != nil { throw ExitCode(2) }
        if manifest == nil { throw ExitCode(1) }
    }

    private static func lines(_ document: Document, _ interrupted: Recovery?) -> [String] {
        var lines: [String] = []
        switch interrupted {
        case .finished:
            lines.append(
                "A run was interrupted while it put files in place. The next one finishes it: the new files.")
        case .undone, .nothing:
            lines.append(
                "A run was interrupted before it put files in place. The next one undoes it: the old files.")
        case nil: break
        }
        guard document.isProvisioned else {
            return lines + [
                "This machine is not provisioned. Start with: sudo runegate provision vps (on the aibox: aibox)"
            ]
        }
        let generation = document.generation.map { ", generation \($0)" } ?? ""
        lines.append("\(document.machine ?? "machine"): \(document.files) files\(generation)")
        return lines + (document.join?.lines ?? []) + document.kept.map { "kept: \($0)" }
    }
}
