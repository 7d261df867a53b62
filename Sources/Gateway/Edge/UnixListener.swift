import Glibc
import NIOCore

// A listener that is a file.

enum UnixListener {
    /// Lets every local user connect, as on a loopback port.
    ///
    /// nginx runs as a user of its own, and who may sign in is decided behind the socket. A narrower rule is
    /// the mode of the directory.
    static func openToLocalUsers(_ path: String) throws {
        guard chmod(path, 0o666) == 0 else { throw IOError(errnoCode: errno, reason: "chmod \(path)") }
    }
}
