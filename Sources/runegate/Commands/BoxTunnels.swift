import ArgumentParser
import Control
import GateModel
import Glibc
import Provision
import UnixSignals

/// `runegate tunnels` on the aibox, which looks for itself.
struct BoxTunnels {
    private static let interval: Duration = .seconds(2)

    let hasJSON: Bool
    private let senses: BoxSenses

    /// - Throws: An exit with status 77 when we are not root, whose the keys and the record are.
    init(hasJSON: Bool) throws {
        guard geteuid() == 0 else {
            Terminal.diagnostics.write(
                line: "On the aibox only root can look at the tunnels: sudo runegate tunnels")
            throw ExitCode(77)
        }
        let tree = try TargetTree(root: "/")
        guard let state = try Installation(in: tree, names: .leftAlone).joinedBox(),
            let senses = BoxSenses(ofThisMachine: state)
        else { throw JoinClient.notJoined }
        self.hasJSON = hasJSON
        self.senses = senses
    }

    /// Says it once; the exit status is the verdict's.
    func run() throws {
        let report = senses.report()
        write(report)
        throw ExitCode(report.verdict.exitCode)
    }

    /// Says it again whenever something has changed, until Ctrl-C.
    func watch() async {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { for await _ in signals { return } }
            tasks.addTask { await repeatedly() }
            await tasks.next()
            tasks.cancelAll()
        }
    }

    private func repeatedly() async {
        // Cursor home, and what is below the text erased (ECMA-48 §8.3.21, §8.3.39).
        let isDrawn = Terminal.output.isInteractive && !hasJSON
        var last: BoxReport?
        repeat {
            let report = senses.report()
            if isDrawn {
                Terminal.output.write(prompt: "\u{1b}[H\u{1b}[J")
                write(report)
            } else if report.verdict != last?.verdict {
                write(report)
            }
            last = report
        } while (try? await Task.sleep(for: Self.interval)) != nil
    }

    private func write(_ report: BoxReport) {
        if hasJSON {
            Terminal.output.write(line: JSONText.of(report))
        } else {
            for line in report.lines { Terminal.output.write(line: line) }
        }
    }
}
