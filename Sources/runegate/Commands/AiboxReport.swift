import GateModel
import Provision

/// What a run on the aibox ends with: both paths in words, the words to compare, and what to do next.
struct AiboxReport {
    let state: BoxState
    let changes: [FileChange]
    var problems: [Fault] = []
    /// Empty when they were not asked.
    var paths: [PathVerdict] = []
    /// False where nothing starts what was written.
    var isStarted = true

    /// Whether everything that this machine needs is there; the app may come later.
    var isWell: Bool {
        problems.isEmpty && !paths.contains { $0.state == .down || $0.state == .unknown }
    }

    func lines(isThisMachine: Bool) -> [String] {
        var lines = [""]
        for problem in problems { lines.append("! \(problem)") }
        let hasChanges = changes.contains(where: \.isWork)
        lines.append(hasChanges ? "Written: \(ChangeListing(changes).summary)." : "Nothing to change.")
        if !isThisMachine {
            lines.append(
                "Only written: packages, networks and services of this machine were not looked at (--root).")
        } else if !isStarted {
            lines.append(
                "Nothing was started, so no path was asked. Start what is named above, then run the same command again."
            )
        }
        for path in paths { lines.append("\(path.state == .works ? "ok  " : mark(path)) \(path.line)") }
        return lines
            + ProvisionSummary.box([
                "Joined     https://\(state.place.domain)/",
                "Words      \(state.fingerprint)",
                "           the same as `sudo runegate provision status` says on the public server,",
                "           or somebody is between the two machines",
                "App        127.0.0.1:\(state.own.appPort)    WireGuard's packets  \(state.own.mtu) bytes",
                "Next       runegate tunnels    (here and there)",
            ])
    }

    private func mark(_ path: PathVerdict) -> String {
        switch path.state {
        case .works: "ok  "
        case .appDown, .absent, .unknown: "WARN"
        case .down: "FAIL"
        }
    }

    struct Document: Encodable {
        let url: String
        let fingerprint: String
        let isChanged: Bool
        let isStarted: Bool
        let mtu: Int
        let files: [ChangeListing.Entry]
        let paths: [PathVerdict]
        let problems: [String]
    }

    var document: Document {
        Document(
            url: "https://\(state.place.domain)/", fingerprint: state.fingerprint.description,
            isChanged: changes.contains(where: \.isWork), isStarted: isStarted, mtu: state.own.mtu,
            files: ChangeListing(changes).entries, paths: paths, problems: problems.map(\.description))
    }
}
