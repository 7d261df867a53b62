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
            throw Fault.notProvisioned
        }
        let answers = try state.answers.answers()
        let plan = VPSPlan.make(answers: answers, secrets: state.secrets(tunnels: tunnels))
        try settle(
            plan, in: installation, ratholeFile: Paths.ratholeServer,
            runsRathole: tunnels.joined != nil && plan.units.contains(RatholeService.unit))
    }

    /// The aibox's side.
    package func settle(_ tunnels: BoxTunnels, _ answers: AiboxAnswers) throws(Fault) {
        let installation = Installation(in: tree, names: onlyWrites ? .leftAlone : .ofThisMachine)
        let plan = AiboxPlan.make(answers: answers, secrets: tunnels.secrets)
        try settle(
            plan, in: installation, ratholeFile: Paths.ratholeClient,
            runsRathole: plan.units.contains(RatholeService.unit))
    }

    private var ratholeUnit: String { "\(Paths.units)/\(RatholeService.unit)" }

    private func settle(
        _ plan: Plan, in installation: Installation, ratholeFile: String, runsRathole: Bool
    ) throws(Fault) {
        let writer = try installation.beginWriting()
        // Only what holds keys: anything else that a newer version would render waits for `runegate provision`.
        let changes = try installation.changes(to: plan, rules: ChangeRules(restoresEdited: true))
            .filter { $0.path == Paths.wireGuard || $0.path == ratholeFile }
        try writer.apply(plan, changes: changes, checks: NoChecks())
        guard !onlyWrites else { return }
        if let file = plan.files.first(where: { $0.path == Paths.wireGuard }) { try putInForce(file) }
        guard Services().isManaged, plan.files.contains(where: { $0.path == ratholeUnit }) else { return }
        let rathole = RatholeService(file: ratholeFile)
        if runsRathole {
            try rathole.run(hasChanged: changes.contains { $0.path == ratholeFile && $0.isWork })
        } else {
            try rathole.stop()
        }
    }
}

extension TunnelSettling {
    /// Changes the running interface in what differs; sessions whose keys stay go on.
    private func putInForce(_ file: PlannedFile) throws(Fault) {
        let port = try? Program("wg", "show", "wg0", "listen-port").run()
        let words = WireGuardWords.kernelPart(
            of: file.contents,
            port: port.flatMap { UInt16(String(decoding: $0.output.dropLast(), as: UTF8.self)) })
        try Program(["wg", "syncconf", "wg0", "/dev/stdin"], input: words)
            .succeed(remedy: "Start the interface: systemctl restart wg-quick@wg0")
    }
}

/// What of a wg-quick file is WireGuard's own, as `wg-quick strip` gives it (wg-quick(8)).
enum WireGuardWords {
    private static let quickOnly: Set<String> = [
        "address", "dns", "mtu", "table", "preup", "postup", "predown", "postdown", "saveconfig",
    ]

    /// - Parameters:
    ///   - file: What wg-quick reads.
    ///   - port: Where the interface listens now. `wg syncconf` would choose another when the file names none, and the
    ///     other side would speak to the old one until it hears from us.
    /// - Returns: What `wg syncconf` reads.
    static func kernelPart(of file: [UInt8], port: UInt16? = nil) -> [UInt8] {
        var lines = String(decoding: file, as: UTF8.self).split(separator: "\n").filter { line in
            !line.hasPrefix("#") && !quickOnly.contains(key(of: line))
        }
        if let port, !lines.contains(where: { key(of: $0) == "listenport" }),
            let start = lines.firstIndex(of: "[Interface]")
        {
            lines.insert("ListenPort = \(port)", at: start + 1)
        }
        return Array((lines.joined(separator: "\n") + "\n").utf8)
    }

    private static func key(of line: Substring) -> String {
        line.prefix { $0 != "=" }.filter { $0 != " " && $0 != "\t" }.lowercased()
    }
}
