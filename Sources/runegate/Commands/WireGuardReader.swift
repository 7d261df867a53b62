import ArgumentParser
import GateModel
import Glibc
import Logs
import Synchronization
import Systemd
import WireGuardKernel

/// `runegate wireguard-reader`: tells `serve` what the WireGuard interface says; the only process with
/// CAP_NET_ADMIN.
///
/// It reads no configuration: what it has to know fits an argument.
struct WireGuardReaderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wireguard-reader",
        abstract: "Read WireGuard's state for `runegate serve` (started by systemd).",
        discussion: """
            Waits on the socket that systemd passes under the name `reader`, and tells whoever connects the state of \
            the interface: a line of JSON a second, and one at once when the link changes. No key leaves it.
            """)

    @Option(help: "The WireGuard interface; by default RUNEGATE_WIREGUARD_INTERFACE, or wg0.")
    var interface: String?

    @Option(help: ArgumentHelp("Listen here without systemd.", valueName: "path", visibility: .hidden))
    var socket: String?

    func run() async throws {
        ProcessHardening.makeNonDumpable()
        #if DEBUG
            BrokenOpen.openIfAsked()
        #endif
        LogSystem.bootstrapWithoutSettings()
        let sockets = try ListenSockets.take(allowed: ["reader"])
        guard
            let listening = sockets["reader"].map(ReaderServer.Socket.descriptor)
                ?? socket.map(ReaderServer.Socket.path)
        else {
            throw Fault(
                code: "reader-without-socket", problem: "No socket with the name \"reader\" was passed",
                remedy: "Start it with: systemctl start runegate-wireguard.socket")
        }
        let name = try interfaceName()
        let said = Mutex("Waiting for who asks about \(name.text)")
        let server = try ReaderServer(interface: name, socket: listening) { reading in
            let line = reading.standing(of: name)
            guard said.withLock({ $0 != line }) else { return }
            said.withLock { $0 = line }
            Notify.send(.status(line))
        }
        let life = HelperLife(status: said.withLock { $0 }) { try await server.run() }
        try await life.runAlone("wireguard")
    }

    private func interfaceName() throws -> InterfaceName {
        let text = interface ?? getenv("RUNEGATE_WIREGUARD_INTERFACE").map { String(cString: $0) } ?? "wg0"
        do {
            return try InterfaceName(text)
        } catch {
            throw ValidationError("The interface is \"\(text)\"; \(error).")
        }
    }
}
