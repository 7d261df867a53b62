package import GateModel
import Glibc

/// The machine's services, through the programs that rule them.
package struct Services: Sendable {
    package init() {}

    /// Whether systemd rules this machine (sd_booted(3)); in a container without it files are all there is.
    package var isManaged: Bool { access("/run/systemd/system", F_OK) == 0 }

    /// Makes the users that files are given to, before there is a file.
    package func makeUsers(of plan: Plan) throws(Fault) {
        guard let users = plan.files.first(where: { $0.path == Paths.users }) else { return }
        try Program(["systemd-sysusers", "-"], input: users.contents).succeed(
            remedy: "Make the users of \(Paths.users) by hand, then run the same command again.")
    }

    /// Does what follows from changed files.
    ///
    /// - Returns: What did not work, each with its remedy; the rest was done all the same.
    package func perform(_ actions: ServiceActions) -> [Fault] {
        actions.list.compactMap { action in
            do throws(Fault) {
                try action.program.succeed(
                    remedy:
                        "See `journalctl -b -p warning`, mend that, then run: \(action.program.description)")
                return nil
            } catch {
                return error
            }
        }
    }

    /// Stops the services whose units `changes` take away: without its file a unit cannot be disabled any more.
    ///
    /// - Returns: Those units, for ``startAgain(_:)`` should the files stay.
    package func stopRemoved(by changes: [FileChange]) -> [String] {
        let prefix = Paths.units + "/"
        let units = changes.filter { $0.kind == .removed && $0.path.hasPrefix(prefix) }
            .map { String($0.path.dropFirst(prefix.count)) }.filter { !$0.contains("/") }
        guard isManaged, !units.isEmpty else { return [] }
        _ = perform(ServiceActions(list: [.disable(units)]))
        return units
    }

    package func startAgain(_ units: [String]) {
        if !units.isEmpty { _ = perform(ServiceActions(list: [.enable(units)])) }
    }

    /// Brings an interface up that somebody took away while its unit believes that it is there.
    ///
    /// - Returns: Why not.
    package func bringBackInterface() -> [Fault] {
        perform(ServiceActions(list: [.restart(Self.interfaceUnit)]))
    }

    static let interfaceUnit = "wg-quick@wg0.service"

    /// Stops everything whose unit was put here, the users of a socket before the socket.
    ///
    /// - Returns: What did not work, in words.
    package func stopAll(_ installation: Installation) throws(Fault) -> [String] {
        guard isManaged, let manifest = try installation.manifest() else { return [] }
        let prefix = Paths.units + "/"
        var units = manifest.files.keys.filter {
            $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/")
        }
        .map { String($0.dropFirst(prefix.count)) }.sorted()
        if manifest.files[Paths.wireGuard] != nil { units.append("wg-quick@wg0.service") }
        let faults = perform(ServiceActions(list: [.disable(units)]))
        return faults.map(\.description)
    }

    /// Lets the machine forget what the removed files said.
    package func afterUninstall() {
        // What the aibox's timer noted for itself.
        unlink("/var/lib/runegate-tend/runegate-tend.json")
        rmdir("/var/lib/runegate-tend")
        // systemd makes the directories of its sockets and never removes one.
        for name in ["control", "enroll", "mail", "wireguard"] { rmdir("/run/runegate-\(name)") }
        guard isManaged else { return }
        _ = try? Program("nft", "delete", "table", "inet", "runegate").run()
        _ = perform(ServiceActions(list: [.reloadManager]))
        // Somebody else's sites go on without ours.
        if Program.find("nginx") != nil { _ = perform(ServiceActions(list: [.reloadNginx])) }
    }
}
