import ArgumentParser
import Control
import GateModel
import Glibc
import Provision

/// What every provisioning verb takes.
struct ProvisionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only write, below this directory; the machine is left alone.", valueName: "dir"))
    var root: String?

    @Flag(help: "Show what would change, and stop.")
    var dryRun = false

    @Flag(help: "Print JSON with stable keys.")
    var json = false

    @Flag(help: "Compare every file with what the answers give; exit status 2 when one differs.")
    var verify = false

    @Flag(help: "Take away what was put here.")
    var uninstall = false

    @Flag(help: "With --uninstall: take away files that were edited by hand too.")
    var purge = false

    @Flag(help: "Put files that were edited by hand back as rendered (the edited ones are kept).")
    var restoreEdited = false

    @Flag(help: "Replace files of others that are in the way (they are kept for --uninstall).")
    var takeOver = false

    @Flag(help: "Ask nothing, even at a terminal.")
    var noAsk = false

    @Flag(help: "Install no packages.")
    var noInstall = false

    /// Whether this machine itself is meant.
    var isThisMachine: Bool { root == nil }

    /// Whether a person is there to be asked.
    var mayAsk: Bool { !noAsk && !uninstall && !verify && isatty(STDIN_FILENO) == 1 }

    var rules: ChangeRules { ChangeRules(restoresEdited: restoreEdited, takesOver: takeOver) }

    /// The tree that is meant, with whoever owns files there.
    ///
    /// - Throws: An exit with status 77 when it is this machine and we are not root.
    func installation() throws -> Installation {
        guard let root else {
            guard geteuid() == 0 else {
                Terminal.diagnostics.write(
                    line:
                        "Only root may set up this machine. Run it with sudo, or with --root DIR to only write."
                )
                throw ExitCode(77)
            }
            umask(0o077)
            return Installation(in: try Self.tree("/"), names: .ofThisMachine)
        }
        return Installation(in: try Self.tree(root), names: .leftAlone)
    }

    private static func tree(_ root: String) throws(Fault) -> TargetTree {
        try Fault.beforeWriting { () throws(Fault) in try TargetTree(root: root) }
    }
}
