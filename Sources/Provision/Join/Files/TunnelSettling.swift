package import GateModel

/// Makes a machine's tunnels run with new keys: the two files, then the interface, then Rathole.
///
/// Each step may be taken again; a stop between two is mended by doing all of them once more.
package struct TunnelSettling: Sendable {
    private let tree: TargetTree
    /// Whether the files are all there is to change: a tree that is not this machine's.
    private let onlyWrites: Bool

    package init(in tree: TargetTree, onlyWrites: Bool) {
        self.tree = tree
        self.onlyWrites = onlyWrites
    }

    /// The VPS's side.
    package func settle(_ tunnels: ServerTunnels) throws(Fault) {
        let installation = Installation(in: tree, names: onlyWrites ? .leftAlone : .ofThisMachine)
        guard let state = try VPSState.read(installation) else {
            throw Fault(
                code: "not-provisioned", problem: "This machine was never provisioned",
                remedy: "Run `sudo runegate provision vps` first.")
        }
        let answers = try state.answers.answers()
        let plan = VPSPlan.make(answers: answers, secrets: state.secrets(tunnels: tunnels))
        try settle(
            plan, in: installation, ratholeFile: Paths.ratholeServer,
            runsRathole: tunnels.joined != nil && plan.units.contains("rathole.service"))
    }

    /// The aibox's side.
    package func settle(_ tunnels: BoxTunnels, _ answers: AiboxAnswers) throws(Fault) {
        let installation = Installation(in: tree, names: onlyWrites ? .leftAlone : .ofThisMachine)
        let plan = AiboxPlan.make(answers: answers, secrets: tunnels.secrets)
        try settle(
            plan, in: installation, ratholeFile: Paths.ratholeClient,
            runsRathole: plan.units.contains("rathole.service"))
    }

    private var ratholeUnit: String { Paths.units + "/rathole.service" }

    private func settle(
        _ plan: Plan, in installation: Installation, ratholeFile: String, runsRathole: Bool
    ) throws(Fault) {
        let writer = try installation.beginWriting()
        // Only what holds keys: anything else that a newer version would render waits for `runegate provision`.
        let changes = try installation.changes(to: plan, rules: ChangeRules(restoresEdited: true))
            .filter { $0.path == Paths.wireGuard || $0.path == ratholeFile }
        try writer.apply(plan, changes: changes, checks: NoChecks())
        guard !onlyWrites else { return }
        if let file = plan.files.first(where: { $0.path == Paths.wireGuard }) {
            try Program(
                ["wg", "syncconf", "wg0", "/dev/stdin"], input: WireGuardWords.kernelPart(of: file.contents)
            ).succeed(remedy: "Start the interface: systemctl restart wg-quick@wg0")
        }
        // Whether its last start was with this file is not known, and a restart takes a tenth of a second.
        guard Services().isManaged, plan.files.contains(where: { $0.path == ratholeUnit }) else { return }
        try Program("systemctl", runsRathole ? "enable" : "disable", "rathole.service")
            .succeed(remedy: "See why: systemctl status rathole.service")
        try Program("systemctl", "--no-block", runsRathole ? "restart" : "stop", "rathole.service")
            .succeed(remedy: "See why: journalctl -u rathole")
    }
}

/// What of a wg-quick file is WireGuard's own, as `wg-quick strip` gives it (wg-quick(8)).
enum WireGuardWords {
    private static let quickOnly: Set<String> = [
        "address", "dns", "mtu", "table", "preup", "postup", "predown", "postdown", "saveconfig",
    ]

    static func kernelPart(of file: [UInt8]) -> [UInt8] {
        let lines = String(decoding: file, as: UTF8.self).split(separator: "\n").filter { line in
            let key = line.prefix { $0 != "=" }.filter { $0 != " " && $0 != "\t" }.lowercased()
            return !line.hasPrefix("#") && !quickOnly.contains(key)
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }
}
