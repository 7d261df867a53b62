import ArgumentParser
import GateModel
import Glibc
import Provision
import Systemd
import WireGuardKernel

/// `runegate tend`: what the aibox's timer runs every 30 seconds.
struct TendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tend",
        abstract: "Look after the aibox's tunnels once (started by a timer).",
        discussion: """
            Sends a packet through the tunnel, so that WireGuard notices a VPS that has restarted, looks the VPS's name up \
            again when WireGuard has been silent for 135 s, restarts a Rathole client that is stuck, and brings a rotation \
            to its end that was interrupted. Without a join there is nothing to do.
            """)

    @Option(help: "The WireGuard interface.")
    var interface = "wg0"

    @Option(help: ArgumentHelp("Where it remembers what it saw.", valueName: "file", visibility: .hidden))
    var memory: String?

    func run() async throws {
        ProcessHardening.makeNonDumpable()
        umask(0o077)
        let name: InterfaceName
        do {
            name = try InterfaceName(interface)
        } catch {
            throw ValidationError("The interface is \"\(interface)\"; \(error).")
        }
        let tree = try TargetTree(root: "/")
        guard let files = try? RecordFiles(in: tree), let state = try files.state() else { return }
        try await endRotation(state, files, tree)
        let directory = getenv("STATE_DIRECTORY").map { String(cString: $0) } ?? "/run"
        try Tender(interface: name, memoryPath: memory ?? directory + "/runegate-tend.json").tend(state)
    }

    private func endRotation(_ state: BoxState, _ files: RecordFiles, _ tree: TargetTree) async throws {
        // Whoever has the lock is leading the rotation just now.
        guard state.rotation != nil, let lock = try files.lockBox() else { return }
        defer { withExtendedLifetime(lock) {} }
        let answers = try state.answers()
        let settling = TunnelSettling(in: tree, onlyWrites: false)
        let client = JoinClient(
            transport: HTTPSEnrollTransport(domain: state.place.domain), files: files)
        _ = try await RotationRun(
            client: client, files: files,
            settle: { tunnels throws(Fault) in try settling.settle(tunnels, answers) }
        ).resume()
    }
}
