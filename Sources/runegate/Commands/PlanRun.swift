import ArgumentParser
import Control
import GateModel
import Provision

/// What is the same for both machines once there is a plan: show it, compare it, write it, start it.
struct PlanRun {
    let installation: Installation
    let options: ProvisionOptions
    let interrupt: ProvisionInterrupt

    struct Outcome {
        let plan: Plan
        let changes: [FileChange]
    }

    /// Finishes or undoes what an interrupted run left, before anything is read from the records.
    func recover() throws {
        let interrupted = try Fault.beforeWriting { () throws(Fault) in try installation.interruptedRun() }
        guard interrupted != nil else { return }
        guard !options.dryRun, !options.verify else {
            Terminal.diagnostics.write(
                line: "A run was interrupted; `runegate provision status` says where. What follows is a mix.")
            return
        }
        switch try installation.beginWriting().recovery {
        case .nothing: break
        case .undone:
            Terminal.diagnostics.write(
                line: "An interrupted run was undone first: the old files are in place.")
        case .finished:
            Terminal.diagnostics.write(line: "An interrupted run was finished first: its files are in place.")
        }
    }

    /// Writes the set that `decide` gives, which is asked when nobody else writes any more.
    func write(_ decide: () throws(Fault) -> (plan: Plan, changes: [FileChange])) throws -> Outcome {
        try interrupt.whileWriting {
            let writer = try installation.beginWriting()
            let (plan, changes) = try Fault.beforeWriting { () throws(Fault) in
                do throws(Fault) {
                    if options.isThisMachine { try Services().makeUsers(of: try decide().plan) }
                    return try decide()
                } catch {
                    writer.abandon()
                    throw error
                }
            }
            if !options.json {
                for line in ChangeListing(changes).lines { Terminal.output.write(line: line) }
            }
            let stopped = options.isThisMachine ? Services().stopRemoved(by: changes) : []
            do {
                try writer.apply(
                    plan, changes: changes, checks: options.isThisMachine ? MachineChecks() : NoChecks())
            } catch {
                Services().startAgain(stopped)
                throw error
            }
            return Outcome(plan: plan, changes: changes)
        }
    }

    /// Starts what the new files are for; what did not work is returned.
    func start(_ outcome: Outcome) -> [Fault] {
        guard options.isThisMachine else { return [] }
        let services = Services()
        let actions = ServiceActions(after: outcome.changes, plan: outcome.plan)
        if services.isManaged { return services.perform(actions) }
        Terminal.diagnostics.write(line: "systemd does not run here. Where it does, these follow:")
        for action in actions.list { Terminal.diagnostics.write(line: "  \(action.program.description)") }
        return []
    }

    func show(_ changes: [FileChange]) {
        let listing = ChangeListing(changes)
        if options.json {
            Terminal.output.write(line: JSONText.of(listing.entries))
            return
        }
        for line in listing.lines + [""] + listing.differences { Terminal.output.write(line: line) }
        Terminal.output.write(line: "Dry run: \(listing.summary). Nothing was written.")
    }

    func verify(_ plan: Plan, verb: String) throws {
        let drift = try installation.drift(from: plan)
        if options.json {
            Terminal.output.write(line: JSONText.of(drift))
        } else {
            for finding in drift { Terminal.output.write(line: finding.line) }
            Terminal.output.write(
                line: drift.isEmpty
                    ? "Every file is as provisioned."
                    : "\(drift.count) differ. `runegate provision \(verb) --restore-edited` puts them back.")
        }
        if !drift.isEmpty { throw ExitCode(2) }
    }
}
