import ArgumentParser
import Control
import GateModel
import Glibc
import Provision

/// One run of `runegate provision vps`, from answers to a machine that works.
struct VPSRun {
    let installation: Installation
    let options: ProvisionOptions
    let rotating: [SigningSecrets.Kind]
    let interrupt: ProvisionInterrupt

    func run(_ answers: VPSAnswers) async throws {
        let provisioning = try VPSProvisioning(answers, in: installation) { site throws(Fault) in
            try Program(site.selfSigned).succeed(remedy: "Install openssl.").output
        }
        .rotating(rotating)
        if options.verify { return try verify(provisioning) }
        if options.dryRun {
            return try show(try installation.changes(to: provisioning, rules: options.rules))
        }
        if options.isThisMachine { try await prepare(answers) }
        let outcome = try interrupt.whileWriting { try write(provisioning) }
        let problems = options.isThisMachine ? try await start(outcome) : []
        try report(answers, outcome, problems: problems)
    }

    struct Outcome {
        let plan: Plan
        let changes: [FileChange]
        let recovery: Recovery
    }

    // MARK: Steps

    /// What has to be right before anything is written.
    private func prepare(_ answers: VPSAnswers) async throws {
        let results = await MachineInspection(answers: answers, mayInstall: !options.noInstall)
            .results()
        for result in results where result.verdict != .pass || Terminal.diagnostics.isInteractive {
            Terminal.diagnostics.write(line: result.line)
        }
        guard !results.contains(where: { $0.verdict == .fail }) else {
            Terminal.diagnostics.write(line: "Nothing was changed.")
            throw ExitCode(1)
        }
    }

    private func write(_ provisioning: VPSProvisioning) throws -> Outcome {
        let writer = try installation.beginWriting()
        switch writer.recovery {
        case .nothing: break
        case .undone:
            Terminal.diagnostics.write(line: "An interrupted run was undone first: its files are gone.")
        case .finished:
            Terminal.diagnostics.write(line: "An interrupted run was finished first: its files are in place.")
        }
        if options.isThisMachine { try Services().makeUsers(of: try provisioning.plan()) }
        let (plan, changes) = try installation.changes(to: provisioning, rules: options.rules)
        if !options.json {
            for line in ChangeListing(changes).lines { Terminal.output.write(line: line) }
        }
        try writer.apply(
            plan, changes: changes, checks: options.isThisMachine ? MachineChecks() : NoChecks())
        return Outcome(plan: plan, changes: changes, recovery: writer.recovery)
    }

    /// Starts what the new files are for.
    private func start(_ outcome: Outcome) async throws -> [Fault] {
        let services = Services()
        let actions = ServiceActions(after: outcome.changes, plan: outcome.plan)
        guard services.isManaged else {
            Terminal.diagnostics.write(line: "systemd does not run here. Where it does, these follow:")
            for action in actions.list { Terminal.diagnostics.write(line: "  \(action.program.description)") }
            return []
        }
        var problems = services.perform(actions)
        if let site = outcome.plan.certificate { problems += CertificateIssue(site: site).run() }
        return problems
    }

    // MARK: Showing

    private func show(_ found: (plan: Plan, changes: [FileChange])) throws {
        let listing = ChangeListing(found.changes)
        if options.json {
            Terminal.output.write(line: JSONText.of(listing.entries))
            return
        }
        for line in listing.lines + [""] + listing.differences { Terminal.output.write(line: line) }
        Terminal.output.write(line: "Dry run: \(listing.summary). Nothing was written.")
    }

    private func verify(_ provisioning: VPSProvisioning) throws {
        let drift = try installation.drift(from: try provisioning.plan())
        if options.json {
            Terminal.output.write(line: JSONText.of(drift))
        } else {
            for finding in drift { Terminal.output.write(line: finding.line) }
            Terminal.output.write(
                line: drift.isEmpty
                    ? "Every file is as provisioned."
                    : "\(drift.count) differ. `runegate provision vps --restore-edited` puts them back.")
        }
        if !drift.isEmpty { throw ExitCode(2) }
    }

    private func report(_ answers: VPSAnswers, _ outcome: Outcome, problems: [Fault]) throws {
        let summary = ProvisionSummary(
            answers: answers, changes: outcome.changes, problems: problems,
            isThisMachine: options.isThisMachine)
        if options.json {
            Terminal.output.write(line: JSONText.of(summary.document))
        } else {
            for line in summary.lines { Terminal.output.write(line: line) }
        }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}
