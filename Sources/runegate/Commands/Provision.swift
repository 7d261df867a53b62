import ArgumentParser

/// `runegate provision`: sets this machine up, and everything after that.
struct ProvisionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "provision", abstract: "Set up this machine.",
        discussion: """
            On the public server: sudo runegate provision vps --domain app.example.com --allow you@example.com
            On the private machine: sudo runegate provision aibox

            EXIT STATUS  0 done, or nothing to do; 1 it failed, and says which files are in place; 2 --verify found \
            drift; 64 a wrong or missing answer; 77 not root; 130 interrupted.
            """,
        subcommands: [
            ProvisionVPSCommand.self, ProvisionJoinCommand.self, ProvisionAiboxCommand.self,
            ProvisionStatusCommand.self,
        ])
}
