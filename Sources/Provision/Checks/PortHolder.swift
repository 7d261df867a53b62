/// Who holds a socket.
package enum PortHolder: Hashable, Sendable, CustomStringConvertible {
    /// A program by its name (proc_pid_comm(5), at most 15 bytes), and its process.
    case program(String, process: Int32)
    /// A WireGuard interface: its socket is the kernel's.
    case wireGuard(interface: String)
    /// The kernel itself, or a process that this one may not see.
    case kernel

    package var description: String {
        switch self {
        case .program(let name, let process): "\(name) (process \(process))"
        case .wireGuard(let interface): "the WireGuard interface \(interface)"
        case .kernel: "the kernel"
        }
    }

    /// What stops it.
    var stop: String {
        switch self {
        case .program(_, let process): "Stop it (`systemctl status \(process)` names its service)"
        case .wireGuard(let interface): "Stop it (`wg-quick down \(interface)`)"
        case .kernel: "Find out what it is (`ss -lnptu`) and stop it"
        }
    }
}
