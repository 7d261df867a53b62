import ArgumentParser
import GateModel
import Glibc
import Logs
import Provision
import Systemd

/// `runegate enroll`: lets the aibox in that was given a join code, and answers what a joined one asks later.
///
/// The only process that can open their requests; started by systemd for each, and gone half a minute later.
struct EnrollCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll",
        abstract: "Let an aibox join that has the code (started by systemd).",
        discussion: """
            Waits on the socket that systemd passes under the name `enroll` for what `runegate serve` relays unread \
            from /.runegate/enroll: sealed requests of an aibox. Run `runegate provision join` for a code.
            """)

    @Option(help: ArgumentHelp("Listen here without systemd.", valueName: "path", visibility: .hidden))
    var socket: String?

    @Option(help: ArgumentHelp("Only write, below this directory.", valueName: "dir", visibility: .hidden))
    var root: String?

    func run() throws {
        ProcessHardening.makeNonDumpable()
        LogSystem.bootstrapWithoutSettings()
        umask(0o077)
        let sockets = try ListenSockets.take(allowed: ["enroll"])
        let listener: Int32
        if let passed = sockets["enroll"] {
            listener = passed
        } else if let socket {
            listener = try EnrollListener.listen(at: socket)
        } else {
            throw Fault(
                code: "enroll-without-socket", problem: "No socket with the name \"enroll\" was passed",
                remedy: "Start it with: systemctl start runegate-enroll.socket")
        }
        let tree = try TargetTree(root: root ?? "/")
        let settling = TunnelSettling(in: tree, onlyWrites: root != nil)
        let desk = EnrollDesk(
            files: try RecordFiles(in: tree),
            settle: { tunnels throws(Fault) in try settling.settle(tunnels) },
            prove: {
                guard root == nil,
                    let state = try? VPSState.read(Installation(in: tree, names: .leftAlone)),
                    let answers = try? state.answers.answers()
                else { return (.absent, .absent) }
                return ServerProof(answers).ask()
            })
        Notify.send(.ready, .status("Answering an aibox; ends when none has come for half a minute"))
        EnrollServer(listener: listener, desk: desk).run()
        Notify.send(.stopping)
    }
}
