import ArgumentParser
import Control
import GateModel
import Provision

/// `runegate provision vps`: the public server.
struct ProvisionVPSCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vps", abstract: "Set up the public server.",
        discussion: """
            Asks for what is missing when a person is at the terminal. A later run needs no flags: what was answered \
            before counts until it is answered anew.
            """)

    @OptionGroup var options: ProvisionOptions
    @OptionGroup var answers: VPSAnswerOptions

    @Option(help: "Sign with a new key from now on; nobody is signed out: session or jwt.")
    var rotate: [SigningSecrets.Kind] = []

    func run() async throws {
        let installation = try options.installation()
        try await ProvisionInterrupt.watching { interrupt in
            if options.uninstall { return try ProvisionUninstall(options: options).run(installation) }
            let run = PlanRun(installation: installation, options: options, interrupt: interrupt)
            try run.recover()
            try await VPSRun(run: run, rotating: rotate).run(
                try answers.read(installation, asks: options.mayAsk))
        }
    }
}

extension SigningSecrets.Kind: ExpressibleByArgument {}
