import ArgumentParser
import Control
import GateModel
import Provision

/// `runegate provision aibox --rotate`: new keys for one tunnel on both machines, or the old ones on both.
struct AiboxRotation {
    let run: PlanRun
    let answers: AiboxAnswerOptions

    private var options: ProvisionOptions { run.options }

    private struct Document: Encodable {
        let tunnel: String
        let isKept: Bool
        let fingerprint: String
    }

    func run(_ tunnel: RotatedTunnel) async throws {
        guard !options.dryRun, !options.verify else {
            throw ValidationError("--rotate goes with neither --dry-run nor --verify.")
        }
        guard let state = try run.installation.joinedBox() else { throw JoinClient.notJoined }
        if tunnel == .rathole, state.own.ratholeProgram == nil, options.isThisMachine {
            throw Fault(
                code: "rotate-without-rathole",
                problem: "There is no Rathole on this machine, so its keys prove nothing",
                remedy: "Install it and run `sudo runegate provision aibox`, then rotate.")
        }
        let files = try RecordFiles(in: run.installation.tree)
        guard let lock = try files.lockBox() else {
            throw Fault(
                code: "box-busy", problem: "Keys are being changed on this machine just now",
                remedy: "Run the same command again in a minute.")
        }
        defer { withExtendedLifetime(lock) {} }
        run.interrupt.enter(.rotating)
        let rotation = rotation(of: state, files, try state.answers())
        if try await rotation.resume() != nil {
            Terminal.diagnostics.write(line: "An earlier rotation was not over; it is now.")
        }
        Terminal.diagnostics.write(
            line: "Giving \(tunnel.word) new keys on both machines, and asking the app through it…")
        try report(tunnel, isKept: try await rotation.rotate(tunnel), files)
    }

    private func rotation(of state: BoxState, _ files: RecordFiles, _ own: AiboxAnswers) -> RotationRun {
        let settling = TunnelSettling(in: run.installation.tree, onlyWrites: !options.isThisMachine)
        return RotationRun(
            client: JoinClient(transport: answers.transport(to: state.place.domain), files: files),
            files: files,
            settle: { tunnels throws(Fault) in try settling.settle(tunnels, own) })
    }

    private func report(_ tunnel: RotatedTunnel, isKept: Bool, _ files: RecordFiles) throws {
        let words = try files.state()?.fingerprint.description ?? ""
        if options.json {
            Terminal.output.write(
                line: JSONText.of(Document(tunnel: tunnel.word, isKept: isKept, fingerprint: words)))
        } else if isKept {
            Terminal.output.write(
                line: "\(tunnel.word) has new keys on both machines; the app was asked through it.")
            Terminal.output.write(line: "The new words, the same on both machines: \(words)")
        } else {
            Terminal.output.write(
                line:
                    "The new keys were not proven, so both machines have the old ones again, and the old words."
            )
            Terminal.output.write(
                line:
                    "See that the app answers through \(tunnel.word) (`runegate tunnels` on both machines), then try again."
            )
        }
        if !isKept { throw ExitCode(1) }
    }
}
