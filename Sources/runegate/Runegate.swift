import ArgumentParser
import GateModel
import Glibc

/// The program: a list of verbs.
@main
struct Runegate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runegate",
        abstract: "Share one private web app with a few people, who sign in with a link by e-mail.",
        version: Version.text,
        subcommands: [
            ServeCommand.self, CheckCommand.self, TunnelsCommand.self, SessionsCommand.self,
            LoginLinkCommand.self,
            MailCommand.self, TokenCommand.self, DemoCommand.self, MailerCommand.self,
            WireGuardReaderCommand.self, EnrollCommand.self, TendCommand.self, ProvisionCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}

/// The version that `--version`, the health address and the logs give.
enum Version {
    static let text = "0.1.0"
}
