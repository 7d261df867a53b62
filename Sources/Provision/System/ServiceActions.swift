// What has to be started, restarted or told after files changed. Pure: the deeds are in `Services`.

/// One thing to do with the machine's services.
package enum ServiceAction: Sendable, Hashable {
    case reloadManager
    case applySysctl(String)
    case stop([String])
    case enable([String])
    case disable([String])
    case restart(String)
    /// Does what a restart would, without ending what runs.
    case reload(String)
    case reloadNginx

    /// As one would type it.
    package var program: Program {
        switch self {
        case .reloadManager: Program("systemctl", "daemon-reload")
        case .applySysctl(let path): Program("sysctl", "--quiet", "--load=\(path)")
        case .stop(let units): Program(["systemctl", "stop"] + units)
        case .enable(let units): Program(["systemctl", "enable", "--now"] + units)
        case .disable(let units): Program(["systemctl", "disable", "--now"] + units)
        case .restart(let unit): Program("systemctl", "restart", unit)
        case .reload(let unit): Program("systemctl", "reload-or-restart", unit)
        case .reloadNginx: Program("systemctl", "reload-or-restart", "nginx.service")
        }
    }
}

/// Which actions follow from which files.
package struct ServiceActions: Sendable, Hashable {
    /// In the order in which they are done.
    package let list: [ServiceAction]

    init(list: [ServiceAction]) {
        self.list = list
    }

    /// Units of ours that some plans have and others have not.
    private static let optionalUnits = ["runegate-mailer.socket", "rathole.service"]

    /// What follows when `changes` were made to reach `plan`.
    package init(after changes: [FileChange], plan: Plan) {
        let work = changes.filter(\.isWork)
        var restarts: Set<String> = []
        var reloads: Set<String> = []
        var list: [ServiceAction] = []
        if work.contains(where: { $0.path.hasPrefix(Paths.units + "/") }) { list.append(.reloadManager) }
        if work.contains(where: { $0.path == Paths.sysctl && $0.planned != nil }) {
            list.append(.applySysctl(Paths.sysctl))
        }
        for change in work {
            switch Self.effect(of: change) {
            case .restart(let unit): restarts.insert(unit)
            case .reload(let unit): reloads.insert(unit)
            case .none: break
            }
        }
        let sockets = restarts.filter { $0.hasSuffix(".socket") && !Self.isNew($0, in: work) }.sorted()
        if !sockets.isEmpty {
            // A socket cannot be opened anew while its service holds it.
            list.append(.stop(sockets + Set(sockets.map(Self.holder)).sorted()))
        }
        let unused = Self.optionalUnits.filter { unit in
            // One whose file goes was stopped before; one whose file never was knows nobody.
            !plan.units.contains(unit) && plan.files.contains { $0.path == "\(Paths.units)/\(unit)" }
        }
        if !unused.isEmpty { list.append(.disable(unused)) }
        list.append(.enable(plan.units))
        for unit in plan.units where restarts.contains(unit) && !Self.isNew(unit, in: work) {
            if !unit.hasSuffix(".socket") { list.append(.restart(unit)) }
        }
        for unit in plan.units where reloads.contains(unit) && !restarts.contains(unit) {
            list.append(.reload(unit))
        }
        if work.contains(where: { $0.path == Paths.nginx || $0.path == SiteCertificate.path }) {
            list.append(.reloadNginx)
        }
        self.list = work.isEmpty ? [.enable(plan.units)] : list
    }

    /// The service that a socket's connections go to.
    private static func holder(of socket: String) -> String {
        socket == "runegate-control.socket"
            ? "runegate.service" : socket.replacing(".socket", with: ".service")
    }

    private enum Effect {
        case restart(String)
        case reload(String)
        case none
    }

    private static func effect(of change: FileChange) -> Effect {
        let path = change.path
        if path.hasPrefix(Paths.units + "/") {
            // A drop-in concerns the unit whose directory it is in.
            let unit = path.dropFirst(Paths.units.count + 1).prefix { $0 != "/" }
            return .restart(unit.hasSuffix(".d") ? String(unit.dropLast(2)) : String(unit))
        }
        if path.hasPrefix(Paths.credentials + "/") { return .restart("runegate.service") }
        return switch path {
        case Paths.environment: .reload("runegate.service")
        case Paths.mailAccount: .restart("runegate-mailer.service")
        case Paths.firewall: .restart("runegate-firewall.service")
        case Paths.ratholeServer, Paths.ratholeClient: .restart("rathole.service")
        case Paths.wireGuard:
            // `wg syncconf` keeps the session; what `wg-quick` itself does needs the interface anew.
            keepsInterface(change) ? .reload("wg-quick@wg0.service") : .restart("wg-quick@wg0.service")
        default: .none
        }
    }

    /// Whether only keys and peers differ, not addresses, MTU or commands (wg-quick(8)).
    private static func keepsInterface(_ change: FileChange) -> Bool {
        guard let old = change.found, let new = change.planned else { return false }
        return quickLines(old.contents) == quickLines(new.contents)
    }

    private static func quickLines(_ contents: [UInt8]) -> [String] {
        let keys = ["address", "mtu", "dns", "table", "preup", "postup", "predown", "postdown", "saveconfig"]
        return String(decoding: contents, as: UTF8.self).split(separator: "\n").map(String.init).filter {
            line in
            keys.contains(line.prefix { $0 != "=" && $0 != " " }.lowercased())
        }
    }

    /// Whose file was not there before has just been started.
    private static func isNew(_ unit: String, in work: [FileChange]) -> Bool {
        // This one's unit is the distribution's, its settings are ours.
        let path = unit == "wg-quick@wg0.service" ? Paths.wireGuard : "\(Paths.units)/\(unit)"
        return work.contains { $0.path == path && $0.kind == .new }
    }
}
