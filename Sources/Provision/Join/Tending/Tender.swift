import FoundationEssentials
package import GateModel
import Glibc
import Logging
package import WireGuardKernel

/// One turn of the aibox's timer: looks, decides, does, remembers.
package struct Tender {
    private let interface: InterfaceName
    /// Where it remembers from one turn to the next.
    private let memoryPath: String
    private let time: any TimeSource
    private let logger = Logger(label: "tend")

    package init(interface: InterfaceName, memoryPath: String, time: any TimeSource = SystemTime()) {
        self.interface = interface
        self.memoryPath = memoryPath
        self.time = time
    }

    /// Looks after the tunnels of a box that has joined.
    ///
    /// - Throws: The first of what could not be done; the rest was tried all the same.
    package func tend(_ state: BoxState) throws(Fault) {
        if let vps = state.place.vpsInTunnel { _ = TunnelNudge.send(to: vps, over: interface) }
        let facts = BoxSenses(state, interface: interface, time: time).facts()
        var memory = recall()
        let actions = Tending.decide(facts, &memory, at: time.now())
        remember(memory)
        var first: Fault?
        for action in actions {
            do throws(Fault) {
                try perform(action)
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
    }

    private func perform(_ action: TendAction) throws(Fault) {
        switch action {
        case .setEndpoint(let peer, let endpoint):
            logger.notice(
                "the tunnel is silent: trying another address", metadata: ["endpoint": "\(endpoint)"])
            try Program(
                "wg", "set", interface.text, "peer", peer.description, "endpoint", endpoint.description
            ).succeed(remedy: "See `wg show \(interface)`.")
        case .restartInterface:
            logger.notice("the interface is gone: bringing it up again")
            try Program("systemctl", "--no-block", "restart", Services.interfaceUnit).succeed(
                remedy: "See why: journalctl -u \(Services.interfaceUnit)")
        case .restartRathole:
            logger.notice("Rathole is stuck: restarting it")
            try Program("systemctl", "--no-block", "restart", "rathole.service").succeed(
                remedy: "See why: journalctl -u rathole")
        }
    }

    /// What was noted in this boot; nothing otherwise.
    private func recall() -> TendMemory {
        let text = KernelText.read(memoryPath)
        guard let memory = try? JSONDecoder().decode(TendMemory.self, from: Data(text.utf8)),
            memory.bootID == time.bootID
        else { return TendMemory(bootID: time.bootID) }
        return memory
    }

    /// A note that is lost costs a minute, so nothing is made durable.
    private func remember(_ memory: TendMemory) {
        let descriptor = open(memoryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { return }
        let bytes = JSONBytes.of(memory)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}
