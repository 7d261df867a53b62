internal import CSystemd
import Glibc

/// What a process that holds secrets takes from itself at start.
package enum ProcessHardening {
    /// Makes memory unreadable to other processes of the same user, and leaves no core file: no `ptrace`,
    /// no `/proc/PID/mem` (prctl(2) `PR_SET_DUMPABLE`, setrlimit(2) `RLIMIT_CORE`).
    ///
    /// - Returns: Whether both took effect.
    @discardableResult
    package static func makeNonDumpable() -> Bool {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        let hasNoCore = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0
        return runegate_set_dumpable(0) == 0 && hasNoCore
    }

    /// Whether other processes of the same user may look into this one.
    package static var isDumpable: Bool { runegate_get_dumpable() != 0 }
}
