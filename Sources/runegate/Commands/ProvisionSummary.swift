import GateModel
import Provision

/// What a run ends with: the address, and what to do next.
struct ProvisionSummary {
    let answers: VPSAnswers
    let changes: [FileChange]
    let problems: [Fault]
    let isThisMachine: Bool
    let invitation: Invitation

    /// How things stand with the aibox.
    enum Invitation {
        case joined
        /// It joined, and does not know of what this run has changed.
        case outdated
        /// A code was given before, and nobody has used it.
        case offered
        case code(String)
    }

    var lines: [String] {
        var lines = [""]
        for problem in problems { lines.append("! \(problem)") }
        let hasChanges = changes.contains(where: \.isWork)
        lines.append(hasChanges ? "Written: \(ChangeListing(changes).summary)." : "Nothing to change.")
        guard isThisMachine else {
            return lines + [
                "Only written: names, ports, mail and services of this machine were not looked at (--root)."
            ]
        }
        if case .code(let text) = invitation {
            lines += [
                "Join code (once, within 24 hours; whoever has it can join; one from before is void):", text,
                "",
            ]
        }
        return lines
            + Self.box(
                [
                    "https://\(answers.domain)/",
                    "WireGuard  UDP \(answers.ports.wireGuard)    Rathole  TCP \(answers.ports.rathole)",
                    answers.mail == nil
                        ? "Mail       none: sudo runegate login-link ADDRESS gives a link"
                        : "Mail       sudo runegate mail test ADDRESS",
                ]
                    + next
                    + (answers.ratholeProgram == nil
                        ? ["No Rathole here, so no fallback path: install it, then run this again."] : []))
    }

    private var code: String? {
        if case .code(let text) = invitation { text } else { nil }
    }

    private var next: [String] {
        switch invitation {
        case .joined: ["Tunnels    sudo runegate tunnels"]
        case .outdated:
            [
                "Next       the aibox goes by what it was told before:",
                "           sudo runegate provision join --replace     (here)",
                "           sudo runegate provision aibox --rejoin     (there, with that code)",
            ]
        case .offered:
            [
                "Next       sudo runegate provision aibox   (there; it asks for the code that you have)",
                "           sudo runegate provision join    (here, for another code)",
            ]
        case .code: ["Next       sudo runegate provision aibox   (there; it asks for the code above)"]
        }
    }

    /// The lines in a frame.
    static func box(_ lines: [String]) -> [String] {
        let width = lines.map(\.count).max() ?? 0
        let rule = String(repeating: "─", count: width + 2)
        return ["┌\(rule)┐"]
            + lines.map { "│ \($0)\(String(repeating: " ", count: width - $0.count)) │" } + ["└\(rule)┘"]
    }

    struct Document: Encodable {
        let url: String
        let isChanged: Bool
        let files: [ChangeListing.Entry]
        let problems: [String]
        /// Only in the run that makes one.
        let joinCode: String?
    }

    var document: Document {
        Document(
            url: "https://\(answers.domain)/", isChanged: changes.contains(where: \.isWork),
            files: ChangeListing(changes).entries, problems: problems.map(\.description), joinCode: code)
    }
}
