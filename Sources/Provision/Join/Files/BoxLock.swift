package import GateModel
import Glibc

/// The right to talk with the VPS about keys: a run and the timer do not do so at once.
///
/// It ends with this value.
package final class BoxLock: Sendable {
    private let descriptor: Int32

    fileprivate init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    static let name = ".\(RecordFiles.box).lock"
}

extension RecordFiles {
    /// Takes the right; nil when another process has it.
    package func lockBox() throws(Fault) -> BoxLock? {
        let descriptor = try openForLocking(BoxLock.name)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return BoxLock(owning: descriptor)
    }
}
