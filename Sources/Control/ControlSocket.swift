internal import GateModel
internal import Glibc

/// Where the control socket comes from.
package enum ControlSocket: Sendable, Equatable {
    /// A listening descriptor that systemd passed; the server owns it from now on.
    case descriptor(Int32)
    /// A path to make the socket at, with mode 0660.
    case path(String)
}

/// A socket file that this process made, and takes away again.
struct SocketFile: Sendable {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Makes a bound socket at `path`, which nobody can connect to before it listens.
    ///
    /// A socket that nobody listens on any more is replaced; one that answers, and whatever is no socket (a
    /// symbolic link too), is left alone and refused.
    static func bind(_ path: String) throws(Fault) -> (descriptor: Int32, file: SocketFile) {
        try removeStale(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw fault("made", path) }
        var status = stat()
        // Until it listens a connect is refused, so that nobody can come between `bind` and `chmod`.
        guard UnixAddress.bind(descriptor, to: path) == 0, chmod(path, 0o660) == 0, lstat(path, &status) == 0
        else {
            let failure = fault("made", path)
            close(descriptor)
            throw failure
        }
        return (descriptor, SocketFile(path: path, device: status.st_dev, inode: status.st_ino))
    }

    /// Removes the file unless another process has put its own there meanwhile.
    func remove() {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
        unlink(path)
    }

    private static func removeStale(_ path: String) throws(Fault) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw Fault(
                code: "control-socket-taken",
                problem: "\(path) exists and is no socket",
                remedy: "Remove it, or name another path with RUNEGATE_CONTROL_SOCKET.")
        }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { throw fault("checked", path) }
        defer { close(probe) }
        guard UnixAddress.connect(probe, to: path) != 0, errno == ECONNREFUSED else {
            throw Fault(
                code: "control-socket-in-use",
                problem: "Another Runegate already answers on \(path)",
                remedy: "Stop it first, or give this one its own RUNEGATE_STATE_DIR.")
        }
        guard unlink(path) == 0 else { throw fault("replaced", path) }
    }

    private static func fault(_ verb: String, _ path: String) -> Fault {
        Fault(
            code: "control-socket",
            problem: "The control socket \(path) cannot be \(verb): \(String(cString: strerror(errno)))",
            remedy: "Check that its directory exists and this user may write to it.")
    }
}

/// `sockaddr_un` (unix(7)) around a path.
enum UnixAddress {
    /// As bind(2); -1 with `ENAMETOOLONG` when the path has more than 107 bytes.
    static func bind(_ descriptor: Int32, to path: String) -> Int32 {
        withAddress(path) { Glibc.bind(descriptor, $0, $1) }
    }

    /// As connect(2).
    static func connect(_ descriptor: Int32, to path: String) -> Int32 {
        withAddress(path) { Glibc.connect(descriptor, $0, $1) }
    }

    private static func withAddress(
        _ path: String, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < room else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
