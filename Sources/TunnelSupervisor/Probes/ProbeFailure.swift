import Glibc
import NIOCore
import NIOPosix

/// Why a connection was not made, as far as a path's state depends on it.
enum ProbeFailure: Equatable {
    case refused
    case timedOut
    case unreachable(errno: Int32)
    /// This process is short of descriptors, memory or ports: nothing was learned about the path.
    case shortage

    /// Reads what NIO reports of a failed connect.
    init(_ error: any Error) {
        switch error {
        case let error as IOError: self.init(errno: error.errnoCode)
        case let error as NIOConnectionError:
            if let single = error.connectionErrors.last {
                self.init(single.error)
            } else {
                // The name has no address.
                self = .unreachable(errno: EHOSTUNREACH)
            }
        case is SocketAddressError: self = .unreachable(errno: EHOSTUNREACH)
        default: self = .timedOut
        }
    }

    /// See `connect(2)`: what is neither a refusal nor a time-out, the kernel knew without asking the far
    /// side.
    init(errno: Int32) {
        switch errno {
        case ECONNREFUSED, ECONNRESET: self = .refused
        case ETIMEDOUT, EINPROGRESS, EALREADY, EAGAIN, EINTR: self = .timedOut
        case EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL: self = .shortage
        default: self = .unreachable(errno: errno)
        }
    }
}
