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
            let run = PlanRun(installation: installation, options: options, interrupt: interrupt)
            try run.recover()
            if options.uninstall {
                return try ProvisionUninstall(options: options).run(installation, interrupt: interrupt)
            }
            try await interrupt.beforeWriting {
                if options.verify, try VPSState.read(installation) == nil { throw Fault.notProvisioned }
                var given = try answers.read(installation, asks: options.mayAsk)
                if options.isThisMachine { given.listensOnIPv6 = MachineInspection.hasIPv6 }
                try await VPSRun(run: run, rotating: rotate).run(given)
            }
        }
    }
}

extension SigningSecrets.Kind: ExpressibleByArgument {}
