import ArgumentParser
import Control
import GateModel
import Provision

/// `runegate provision aibox`: the private machine.
struct ProvisionAiboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aibox", abstract: "Join this machine to its public server and set it up.",
        discussion: """
            Asks for the join code that `sudo runegate provision join` printed on the public server, or reads it from \
            standard input or --join-file; it is never an argument. A later run needs no code.
            """)

    @OptionGroup var options: ProvisionOptions

    @Option(help: ArgumentHelp("A file with the join code; - is standard input.", valueName: "file"))
    var joinFile: String?

    @Option(help: "Where the app listens on this machine; by default as the public server says.")
    var appPort: String?

    @Option(help: ArgumentHelp("The rathole program; by default the one in PATH.", valueName: "file"))
    var rathole: String?

    @Option(
        help: ArgumentHelp(
            "Where to reach the public server, when not at its domain.", valueName: "address",
            visibility: .hidden))
    var serverAddress: String?

    @Option(help: ArgumentHelp("On which port.", valueName: "port", visibility: .hidden))
    var serverPort: Int = 443

    func run() async throws {
        let installation = try options.installation()
        try await ProvisionInterrupt.watching { interrupt in
            if options.uninstall { return try ProvisionUninstall(options: options).run(installation) }
            let run = PlanRun(installation: installation, options: options, interrupt: interrupt)
            try run.recover()
            var state = try await joined(installation)
            try readOwn(&state)
            try finish(run, state)
        }
    }

    private func finish(_ run: PlanRun, _ state: BoxState) throws {
        let plan = try AiboxProvisioning.plan(state)
        if options.verify { return try run.verify(plan, verb: "aibox") }
        if options.dryRun { return run.show(try run.installation.changes(to: plan, rules: options.rules)) }
        if options.isThisMachine {
            for result in MachineInspection.aibox(
                tunnel: try state.place.answers().tunnel, mayInstall: !options.noInstall)
            where result.verdict != .pass {
                Terminal.diagnostics.write(line: result.line)
                if result.verdict == .fail { throw ExitCode(1) }
            }
        }
        let outcome = try run.write {
            (plan, try run.installation.changes(to: plan, rules: options.rules))
        }
        try RecordFiles(in: run.installation.tree).store(state)
        let problems = run.start(outcome)
        for problem in problems { Terminal.diagnostics.write(line: "! \(problem)") }
        Terminal.output.write(line: "")
        Terminal.output.write(line: "Joined to https://\(state.place.domain)/")
        Terminal.output.write(
            line: "Compare these words with those of the public server: \(state.fingerprint)")
        Terminal.output.write(line: "Next: runegate tunnels, here and there")
        if !problems.isEmpty { throw ExitCode(1) }
    }

    /// What was agreed at the join; joins when there was none, or when a new code is given.
    private func joined(_ installation: Installation) async throws -> BoxState {
        if joinFile == nil, let records = try? RecordFiles(in: installation.tree),
            let state = try records.state()
        {
            return state
        }
        guard !options.verify, !options.dryRun else { throw JoinClient.notJoined }
        let code: JoinCode
        do {
            code = try JoinCode(try typedCode())
        } catch let problem as JoinCodeProblem {
            throw problem.fault
        }
        // Makes the directory of the records, where the join is remembered.
        _ = try installation.beginWriting()
        let transport = HTTPSEnrollTransport(
            domain: code.domain.ascii, address: serverAddress, port: serverPort)
        return try await JoinClient(transport: transport, files: try RecordFiles(in: installation.tree)).join(
            code)
    }

    private func typedCode() throws -> String {
        if let joinFile { return try SecretFile.text(joinFile) }
        guard options.mayAsk else { return try SecretFile.text("-") }
        Terminal.diagnostics.write(line: "The join code (its lines, then an empty one):")
        var lines: [String] = []
        while let line = readLine(), !line.isEmpty || lines.isEmpty { lines.append(line) }
        return lines.joined(separator: "\n")
    }

    /// What only this machine's owner says.
    private func readOwn(_ state: inout BoxState) throws {
        do throws(Malformed) {
            if let appPort { state.own.appPort = try Port(appPort).number }
            if let rathole { state.own.ratholeProgram = try ProgramPath(rathole).text }
        } catch {
            throw ValidationError("\(error)")
        }
        if state.own.ratholeProgram == nil { state.own.ratholeProgram = Program.find("rathole") }
    }
}
