import ArgumentParser
import Control
import GateModel
import Provision

/// One run of `runegate provision aibox`, from a join code to two proven paths.
struct AiboxRun {
    let run: PlanRun
    let answers: AiboxAnswerOptions

    private var options: ProvisionOptions { run.options }
    private var installation: Installation { run.installation }

    func run() async throws {
        let known = try installation.joinedBox()
        if options.verify {
            guard let known else { throw JoinClient.notJoined }
            return try run.verify(try AiboxProvisioning.plan(known), verb: "aibox")
        }
        // A code that this machine has joined with is no reason to join again.
        var code = known == nil || answers.rejoin || answers.joinFile != nil ? try readCode() : nil
        if let known, let given = code, known.wasJoined(by: given) { code = nil }
        if options.dryRun { return try show(known, code) }
        var state = try prepared(known, code)
        if let code { state = try await join(code, own: state.own) }
        let lock = try lockBox()
        defer { withExtendedLifetime(lock) {} }
        measure(&state, isNew: code != nil)
        let outcome = try write(state)
        var report = AiboxReport(state: state, changes: outcome.changes)
        report.problems = run.start(outcome)
        if options.isThisMachine, Services().isManaged, BoxSenses(ofThisMachine: state)?.hasInterface == false
        {
            report.problems += Services().bringBackInterface()
        }
        if options.isThisMachine { await prove(state, &report) }
        try finish(report)
    }

    private func readCode() throws -> JoinCode {
        try JoinCodeReading(file: answers.joinFile, mayAsk: options.mayAsk).read()
    }

    // MARK: Before anything is changed

    /// What the files would be, without using up a code.
    private func show(_ known: BoxState?, _ code: JoinCode?) throws {
        let state = try stateToReach(known, code)
        run.show(try installation.changes(to: AiboxProvisioning.plan(state), rules: options.rules))
    }

    /// The state as far as it is known before a join, with this machine found fit for it.
    private func prepared(_ known: BoxState?, _ code: JoinCode?) throws -> BoxState {
        let state = try stateToReach(known, code)
        let isInstalled = try installation.manifest()?.files[ProvisionPaths.wireGuard] != nil
        if options.isThisMachine { try inspect(state, isInstalled: isInstalled) }
        // What the writing would refuse is refused here, while the code is still good.
        try installation.refuseForeign(
            try installation.changes(to: AiboxProvisioning.plan(state), rules: options.rules))
        return state
    }

    private func stateToReach(_ known: BoxState?, _ code: JoinCode?) throws -> BoxState {
        var state: BoxState
        if let code {
            state = try PendingJoin.preview(of: code, at: SystemTime().now())
            // Another public server may have another port; the rest is this machine's own.
            if let known { state.own = known.own }
        } else if let known {
            state = known
        } else {
            throw JoinClient.notJoined
        }
        try answers.apply(to: &state.own)
        guard options.isThisMachine else { return state }
        let named = state.own.ratholeProgram ?? Program.find("rathole")
        let check = RatholeCheck(named.flatMap { try? ProgramPath($0) })
        if check.result.verdict != .pass { Terminal.diagnostics.write(line: check.result.line) }
        state.own.ratholeProgram = check.usable?.text
        return state
    }

    private func inspect(_ state: BoxState, isInstalled: Bool) throws {
        let results = AiboxInspection(
            tunnel: try state.answers().tunnel, mayInstall: !options.noInstall, isInstalled: isInstalled
        ).results()
        for result in results where result.verdict != .pass || Terminal.diagnostics.isInteractive {
            Terminal.diagnostics.write(line: result.line)
        }
        guard !results.contains(where: { $0.verdict == .fail }) else {
            Terminal.diagnostics.write(line: "Nothing was changed.")
            throw ExitCode(1)
        }
    }

    // MARK: Joining

    private func join(_ code: JoinCode, own: BoxAnswers) async throws -> BoxState {
        let records = try installation.openBoxRecords()
        run.interrupt.enter(.joining)
        let client = JoinClient(transport: answers.transport(to: code.domain.ascii), files: records)
        var state: BoxState
        do throws(Fault) {
            state = try await client.join(code)
        } catch {
            if EnrollFault.isFinal(error) {
                try? records.removePendingJoin()
                try? installation.closeUnusedBoxRecords()
            }
            throw error
        }
        state.own = own
        return state
    }

    private func lockBox() throws -> BoxLock {
        guard let lock = try RecordFiles(in: installation.tree).lockBox() else {
            throw Fault(
                code: "box-busy", problem: "Keys are being changed on this machine just now",
                remedy: "Run the same command again in a minute.")
        }
        return lock
    }

    /// Finds the tunnel's packet size for a new join, or when it is asked for.
    private func measure(_ state: inout BoxState, isNew: Bool) {
        guard options.isThisMachine, answers.mtu == "find" || answers.mtu == nil && isNew else { return }
        guard let endpoint = try? state.answers().endpoint else { return }
        Terminal.diagnostics.write(line: "Looking for the largest packet that gets to \(endpoint) unbroken…")
        if let found = TunnelMTU.measure(to: endpoint) {
            state.own.mtu = found.bytes
        } else {
            Terminal.diagnostics.write(
                line:
                    "\(endpoint) answers no echo requests; the tunnel's packets stay at \(state.own.mtu) bytes."
            )
        }
    }

    // MARK: Afterwards

    /// Writes the files and the record; when they cannot be written the record is as it was.
    private func write(_ state: BoxState) throws -> PlanRun.Outcome {
        let records = try RecordFiles(in: installation.tree)
        let before = try records.state()
        if state != before { try records.store(state) }
        do {
            return try run.write { () throws(Fault) in
                let plan = try AiboxProvisioning.plan(state)
                return (plan, try installation.changes(to: plan, rules: options.rules))
            }
        } catch {
            if let before, before != state { try? records.store(before) }
            throw error
        }
    }

    private func prove(_ state: BoxState, _ report: inout AiboxReport) async {
        guard let senses = BoxSenses(ofThisMachine: state) else { return }
        guard Services().isManaged || senses.hasInterface else {
            report.isStarted = false
            return
        }
        Terminal.diagnostics.write(line: "Asking the app through both tunnels…")
        guard let records = try? RecordFiles(in: installation.tree) else { return }
        let client = JoinClient(transport: answers.transport(to: state.place.domain), files: records)
        let proof = await BoxProof(client: client, senses: senses).verdicts()
        report.paths = proof.paths
        if let trouble = proof.trouble { report.problems.append(trouble) }
    }

    private func finish(_ report: AiboxReport) throws {
        if options.json {
            Terminal.output.write(line: JSONText.of(report.document))
        } else {
            for line in report.lines(isThisMachine: options.isThisMachine) {
                Terminal.output.write(line: line)
            }
        }
        if !report.isWell { throw ExitCode(1) }
    }
}
