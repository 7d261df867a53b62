import GateModel
import Glibc
import Logging
import TunnelSupervisor
import WireGuardKernel

/// Tells the supervisor what WireGuard says of its interface.
///
/// The reader process is asked where systemd listens for it; otherwise this process reads as much as it may.
struct HandshakeLife: Sendable {
    let interface: String
    let service: TunnelService
    var readerSocket = ReaderSource.systemdSocket
    private let logger = Logger(label: "wireguard")

    init(interface: String, service: TunnelService) {
        self.interface = interface
        self.service = service
    }

    func run() async {
        let name: InterfaceName
        do {
            name = try InterfaceName(interface)
        } catch {
            let fault = Fault(
                code: "wireguard-interface-name",
                problem: "\"\(interface)\" is no name of an interface: \(error)",
                remedy: "Set RUNEGATE_WIREGUARD_INTERFACE to one that `wg show interfaces` lists.")
            log(fault)
            return service.noteHandshake(.unknown, WireGuardDetails(fault: fault))
        }
        var watch = HandshakeWatch()
        var lastFault: Fault?
        while !Task.isCancelled {
            let hasReader = isReaderThere
            let source: any SampleSource =
                hasReader ? ReaderSource(interface: name, path: readerSocket) : DirectSource(interface: name)
            for await reading in source.readings() {
                let (fact, details) = watch.take(reading, at: SystemTime().now())
                service.noteHandshake(fact, details)
                if details.fault != lastFault {
                    lastFault = details.fault
                    log(lastFault)
                }
                // The socket comes and goes with its unit, which may be started after this process.
                if isReaderThere != hasReader { break }
            }
            // A source that ends at once shall not keep a core busy.
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private var isReaderThere: Bool { access(readerSocket, F_OK) == 0 }

    private func log(_ fault: Fault?) {
        guard let fault else {
            return logger.notice("the interface tells what it knows", metadata: ["interface": "\(interface)"])
        }
        logger.warning(
            "the interface tells nothing; probes go on without it",
            metadata: ["code": "\(fault.code)", "problem": "\(fault.problem)", "remedy": "\(fault.remedy)"])
    }
}
