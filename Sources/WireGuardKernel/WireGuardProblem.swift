package import GateModel
import Glibc

/// Why a WireGuard interface cannot be read.
package enum WireGuardProblem: Error, Equatable, Sendable {
    /// There is no such interface (`ENODEV`).
    case noInterface(InterfaceName)
    /// There is one, and it is something else (`EOPNOTSUPP`).
    case notWireGuard(InterfaceName)
    /// The kernel knows no WireGuard (the netlink family is absent, `ENOENT`), and no program took its place.
    case noKernelModule(InterfaceName)
    /// `CAP_NET_ADMIN` is missing (`EPERM`).
    case noPermission(InterfaceName)
    /// The socket of a userspace implementation may not be opened (`EACCES`).
    case noPermissionForSocket(path: String)
    /// The kernel dropped messages (`ENOBUFS`); the next reading begins anew.
    case overrun(InterfaceName)
    /// No answer in time.
    case silent(InterfaceName)
    /// An answer that makes no sense; `part` says which part of it.
    case garbled(InterfaceName, part: String)
    /// A system call failed otherwise; `errno` is positive.
    case system(InterfaceName, operation: String, errno: Int32)

    init(_ failure: NetlinkFailure, of interface: InterfaceName) {
        switch failure {
        case .refused(errno: ENODEV): self = .noInterface(interface)
        case .refused(errno: EOPNOTSUPP): self = .notWireGuard(interface)
        case .refused(errno: ENOENT), .system("socket", errno: EPROTONOSUPPORT):
            self = .noKernelModule(interface)
        case .refused(errno: EPERM), .refused(errno: EACCES): self = .noPermission(interface)
        case .refused(errno: ENOBUFS), .overrun: self = .overrun(interface)
        case .refused(let errno): self = .system(interface, operation: "netlink request", errno: errno)
        case .system(let operation, let errno): self = .system(interface, operation: operation, errno: errno)
        case .garbled(let part): self = .garbled(interface, part: part)
        case .silent: self = .silent(interface)
        }
    }

    /// The problem for the person who has to mend it.
    package var fault: Fault { Fault(code: code, problem: problem, remedy: remedy) }

    /// The code of a kernel without WireGuard; a sample that passed the reader's socket has no more than the code.
    package static let noKernelModuleCode = "wireguard-no-module"

    private var code: String {
        switch self {
        case .noInterface: "wireguard-no-interface"
        case .notWireGuard: "wireguard-other-interface"
        case .noKernelModule: Self.noKernelModuleCode
        case .noPermission, .noPermissionForSocket: "wireguard-no-permission"
        case .overrun: "wireguard-overrun"
        case .silent: "wireguard-silent"
        case .garbled: "wireguard-garbled"
        case .system: "wireguard-unreadable"
        }
    }

    private var problem: String {
        switch self {
        case .noInterface(let name): "There is no interface \(name)"
        case .notWireGuard(let name): "\(name) is not a WireGuard interface"
        case .noKernelModule: "The kernel has no WireGuard"
        case .noPermission(let name): "\(name) may not be read: that takes CAP_NET_ADMIN"
        case .noPermissionForSocket(let path): "\(path) may not be opened by this user"
        case .overrun(let name): "The kernel dropped messages about \(name)"
        case .silent(let name): "Nothing answered about \(name) in time"
        case .garbled(let name, let part): "The answer about \(name) makes no sense: \(part)"
        case .system(let name, let operation, let errno):
            "\(name) cannot be read: \(operation): \(String(cString: strerror(errno)))"
        }
    }

    private var remedy: String {
        switch self {
        case .noInterface(let name): "Start it: systemctl start wg-quick@\(name)"
        case .notWireGuard:
            "Set RUNEGATE_WIREGUARD_INTERFACE to one of those that `wg show interfaces` lists."
        case .noKernelModule:
            "Load it with `modprobe wireguard` (Linux 5.6 or newer), or install wireguard-go."
        case .noPermission: "Let the reader do it: systemctl start runegate-wireguard.socket"
        case .noPermissionForSocket(let path):
            "Let this user read and write it, for instance with `setfacl -m u:runegate-wg:rw \(path)`."
        case .overrun: "Nothing is to be done: it is read again in a second."
        case .silent(let name):
            "See whether `wg show \(name)` answers, and restart wg-quick@\(name) if it does not."
        case .garbled: "Please report it with the output of `uname -r`; probes go on without it."
        case .system: "See `journalctl -k -g wireguard`."
        }
    }
}
