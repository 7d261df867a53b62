import ArgumentParser
import GateModel
import Provision

/// `runegate provision aibox`: the private machine.
struct ProvisionAiboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aibox", abstract: "Join this machine to its public server and set it up.",
        discussion: """
            Asks for the join code that `sudo runegate provision join` printed on the public server, or reads it from \
            standard input or --join-file; it is never an argument. A later run needs no code: it puts right what is not \
            as it shall be, and proves both paths again.
            """)

    @OptionGroup var options: ProvisionOptions
    @OptionGroup var answers: AiboxAnswerOptions

    @Option(
        help: ArgumentHelp(
            "Give a tunnel new keys on both machines, or leave both with the old ones: wireguard or rathole.",
            valueName: "tunnel"))
    var rotate: RotatedTunnel?

    func run() async throws {
        let installation = try options.installation()
        try await ProvisionInterrupt.watching { interrupt in
            let run = PlanRun(installation: installation, options: options, interrupt: interrupt)
            try run.recover()
            if options.uninstall {
                return try ProvisionUninstall(options: options).run(installation, interrupt: interrupt)
            }
            if let rotate { return try await AiboxRotation(run: run, answers: answers).run(rotate) }
            try await AiboxRun(run: run, answers: answers).run()
        }
    }
}

extension RotatedTunnel: ExpressibleByArgument {
    package init?(argument: String) {
        guard let tunnel = Self.allCases.first(where: { $0.word == argument }) else { return nil }
        self = tunnel
    }

    package static var allValueStrings: [String] { allCases.map(\.word) }
}

/// What the owner of the aibox answers.
struct AiboxAnswerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A file with the join code; - is standard input.", valueName: "file"))
    var joinFile: String?

    @Flag(help: "Join anew with a new code, although this machine has joined.")
    var rejoin = false

    @Option(
        help: ArgumentHelp(
            "Where the app listens on this machine; by default as the public server says.", valueName: "port")
    )
    var appPort: String?

    @Option(help: ArgumentHelp("The rathole program; by default the one in PATH.", valueName: "file"))
    var rathole: String?

    @Option(
        help: ArgumentHelp(
            "The largest packet of the tunnel in bytes, or `find` to measure it anew; by default it is measured at the join.",
            valueName: "bytes"))
    var mtu: String?

    @Option(
        help: ArgumentHelp(
            "Where to reach the public server, when not at its domain.", valueName: "address",
            visibility: .hidden))
    var serverAddress: String?

    @Option(help: ArgumentHelp("On which port.", valueName: "port", visibility: .hidden))
    var serverPort: Int = 443

    /// The way to the enrolment of the public server `domain`.
    func transport(to domain: String) -> HTTPSEnrollTransport {
        HTTPSEnrollTransport(domain: domain, address: serverAddress, port: serverPort)
    }

    /// Takes over what only this machine's owner says.
    ///
    /// - Throws: A `ValidationError` that names the flag.
    func apply(to own: inout BoxAnswers) throws {
        try Self.reading("--app-port", appPort) { text throws(Malformed) in
            own.appPort = try Port(text).number
        }
        try Self.reading("--rathole", rathole) { text throws(Malformed) in
            own.ratholeProgram = try ProgramPath(text).text
        }
        if mtu == "find" { return }
        try Self.reading("--mtu", mtu) { text throws(Malformed) in own.mtu = try MTU(text).bytes }
    }

    private static func reading(
        _ flag: String, _ text: String?, _ read: (String) throws(Malformed) -> Void
    ) throws {
        guard let text else { return }
        do throws(Malformed) {
            try read(text)
        } catch {
            throw ValidationError("\(flag) is \"\(text)\"; expected \(error.expected).")
        }
    }
}
