import ArgumentParser
import Control
import GateModel
import Provision

/// One run of `runegate provision vps`, from answers to a machine that works.
struct VPSRun {
    let run: PlanRun
    let rotating: [SigningSecrets.Kind]

    private var options: ProvisionOptions { run.options }

    func run(_ answers: VPSAnswers) async throws {
        // First of all: it installs what the rest needs.
        if options.isThisMachine, !options.verify { try await inspect(answers) }
        let isDryRun = options.dryRun
        let before = try VPSState.read(run.installation).map { try $0.answers.answers() }
        let isNews = before.map { !answers.saysTheSameToTheAibox(as: $0) } ?? false
        let provisioning = try VPSProvisioning(answers, in: run.installation) { site throws(Fault) in
            // A dry run shows nothing of it, and openssl may be missing before the first other run.
            isDryRun ? [] : try Program(site.selfSigned).succeed(remedy: "Install openssl.").output
        }
        .rotating(rotating)
        if options.verify { return try run.verify(try provisioning.plan(), verb: "vps") }
        if options.dryRun {
            return run.show(try run.installation.changes(to: provisioning, rules: options.rules).changes)
        }
        let outcome = try run.write { () throws(Fault) in
            try run.installation.changes(to: provisioning, rules: options.rules)
        }
        var problems = run.start(outcome)
        if options.isThisMachine, Services().isManaged {
            // nginx reads its files in the background; the authority's questions come after that.
            if let problem = await SiteHealth(answers.domain).problem() { problems.append(problem) }
            if let site = outcome.plan.certificate { problems += CertificateIssue(site: site).run() }
        }
        do {
            try report(
                answers, outcome, problems: problems, invitation: try invitation(answers, isNews: isNews))
        } catch let fault as Fault {
            throw fault.newFilesInPlace
        }
    }

    /// What to do about the aibox; the first run gives a code, so that there is one command less to type.
    ///
    /// When this run changed what a code says (`isNews`), the one that was given leads nowhere: it gets a successor.
    private func invitation(_ answers: VPSAnswers, isNews: Bool) throws -> ProvisionSummary.Invitation {
        let records = try RecordFiles(in: run.installation.tree)
        let time = SystemTime()
        var state = try records.read(EnrollState.self, from: RecordFiles.enrolment) ?? EnrollState()
        state.expire(at: time.now(), bootID: time.bootID)
        guard state.tunnels.joined == nil else { return isNews ? .outdated : .joined }
        guard options.isThisMachine, isNews || !state.expectsSomebody else { return .offered }
        return .code(try records.offerJoin(answers, replaces: false).text)
    }

    /// What has to be right before anything is written; a dry run only says what is not.
    private func inspect(_ answers: VPSAnswers) async throws {
        let inspection = MachineInspection(
            answers: answers, mayInstall: !options.noInstall, isDryRun: options.dryRun)
        let results = await inspection.results()
        for result in results where result.verdict != .pass || Terminal.diagnostics.isInteractive {
            Terminal.diagnostics.write(line: result.line)
        }
        guard options.dryRun || !results.contains(where: { $0.verdict == .fail }) else {
            Terminal.diagnostics.write(line: "Nothing was changed.")
            throw ExitCode(1)
        }
    }

    private func report(
        _ answers: VPSAnswers, _ outcome: PlanRun.Outcome, problems: [Fault],
        invitation: ProvisionSummary.Invitation
    ) throws {
        let summary = ProvisionSummary(
            answers: answers, changes: outcome.changes, problems: problems,
            isThisMachine: options.isThisMachine, invitation: invitation)
        if options.json {
            Terminal.output.write(line: JSONText.of(summary.document))
        } else {
            for line in summary.lines { Terminal.output.write(line: line) }
        }
        if !problems.isEmpty { throw ExitCode(1) }
    }
}
