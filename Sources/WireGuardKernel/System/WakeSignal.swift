// Its header brings the socket types, which the compiler then takes for its own.
import CMNL
import Glibc

/// A flag that ends a `poll(2)` of another thread.
final class WakeSignal: Sendable {
    /// Readable from the first ``raise()`` on.
    let descriptor: Int32
    private let writeEnd: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        socketpair(AF_UNIX, Int32(type), 0, &ends)
        (descriptor, writeEnd) = (ends[0], ends[1])
    }

    deinit {
        close(descriptor)
        close(writeEnd)
    }

    func raise() {
        var byte: UInt8 = 1
        // A full buffer is readable already.
        _ = write(writeEnd, &byte, 1)
    }
}
