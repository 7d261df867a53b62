// Its header brings the socket types, which the compiler then takes for its own.
import CMNL
import Glibc

/// A stream socket of the file system that never waits (unix(7)); closed with the last reference.
final class UnixSocket: Sendable {
    /// Why it could not be made.
    struct Failure: Error {
        var errno: Int32
    }

    let descriptor: Int32

    /// Takes over a connected or listening descriptor.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    init(connectingTo path: String) throws(Failure) {
        descriptor = try Self.make()
        guard Self.with(path, { connect(descriptor, $0, $1) }) == 0 else { throw Failure(errno: errno) }
    }

    /// Listens at `path` with mode 0660; what was there is replaced.
    init(listeningAt path: String) throws(Failure) {
        descriptor = try Self.make()
        unlink(path)
        // Until the mode is set nobody can connect: that takes a listening socket.
        guard Self.with(path, { bind(descriptor, $0, $1) }) == 0, chmod(path, 0o660) == 0,
            listen(descriptor, 16) == 0
        else { throw Failure(errno: errno) }
    }

    deinit { close(descriptor) }

    /// The next connection that waits; nil when there is none.
    func accept() -> UnixSocket? {
        let accepted = Glibc.accept(descriptor, nil, nil)
        return accepted >= 0 ? UnixSocket(owning: accepted) : nil
    }

    /// Whether all of it was taken at once; a receiver that lets its buffer fill up is as good as gone.
    func send(_ bytes: [UInt8]) -> Bool {
        Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// As recv(2): 0 at the end, -1 with `errno` on failure.
    func receive(into memory: UnsafeMutableRawBufferPointer) -> Int {
        recv(descriptor, memory.baseAddress, memory.count, 0)
    }

    /// False when the time is over.
    func waitUntilReadable(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, milliseconds) > 0
    }

    private static func make() throws(Failure) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw Failure(errno: errno) }
        return descriptor
    }

    /// Calls `body` with the address of `path`; a path that does not fit gives -1 and `ENAMETOOLONG`.
    private static func with(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard path.utf8.count < capacity else {
            errno = ENAMETOOLONG
            return -1
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
