import GateModel
import Glibc

/// The right to write: one run at a time.
package final class RecordLock: Sendable {
    static let name = "lock"

    private let descriptor: Int32
    let records: DirectoryHandle

    private init(descriptor: Int32, records: DirectoryHandle) {
        self.descriptor = descriptor
        self.records = records
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock in the record directory, without waiting.
    static func take(in records: DirectoryHandle) throws(Fault) -> RecordLock {
        let opened = openat(
            records.descriptor, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
        guard opened >= 0 else { throw .system("open", records.path(of: name)) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(opened)
            guard reason == EWOULDBLOCK else { throw .system("lock", records.path(of: name), reason) }
            throw Fault(
                code: "provision-busy", problem: "Another `runegate provision` is writing on this machine",
                remedy: "Wait until it is done (`fuser \(records.path(of: name))` tells its process).")
        }
        return RecordLock(descriptor: opened, records: records)
    }
}
