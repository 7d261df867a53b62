import Glibc

/// Reads WireGuard interfaces that a program makes (wireguard-go, boringtun), over its socket; one thread's own.
final class UserspaceWireGuard {
    /// Where such programs put their sockets; the file system's, whatever the network namespace.
    static let directory = "/var/run/wireguard"
    /// An answer longer than this is not read: some 30 000 allowed IPs.
    private static let bufferBytes = 1024 * 1024
    private static let patienceMilliseconds: Int32 = 2000

    private let directory: String
    private lazy var buffer = ReceiveBuffer(byteCount: Self.bufferBytes)

    init(directory: String = UserspaceWireGuard.directory) {
        self.directory = directory
    }

    /// The interface as it is now; nil when no program serves one of that name, so that the kernel is to be asked.
    ///
    /// A socket that nobody listens on is what a killed program leaves behind, and counts as none.
    func device(_ name: InterfaceName) throws(WireGuardProblem) -> WireGuardDevice? {
        let path = "\(directory)/\(name).sock"
        let socket: UnixSocket
        do throws(UnixSocket.Failure) {
            socket = try UnixSocket(connectingTo: path)
        } catch {
            switch error.errno {
            case ENOENT, ENOTDIR, ECONNREFUSED: return nil
            case EACCES, EPERM: throw .noPermissionForSocket(path: path)
            case EAGAIN: throw .silent(name)
            default: throw .system(name, operation: "connect \(path)", errno: error.errno)
            }
        }
        return try buffer.receive(
            { memory throws(WireGuardProblem) in try Self.exchange(socket, memory, name) },
            read: { bytes throws(WireGuardProblem) in
                try UserspaceReply.device(name, from: bytes, now: .now())
            })
    }

    /// Asks, and receives up to the empty line or the end.
    private static func exchange(
        _ socket: UnixSocket, _ memory: UnsafeMutableRawBufferPointer, _ name: InterfaceName
    ) throws(WireGuardProblem) -> Int {
        guard socket.send(Array("get=1\n\n".utf8)) else {
            throw .system(name, operation: "send", errno: errno)
        }
        let deadline = ContinuousClock.now + .milliseconds(Int64(patienceMilliseconds))
        var count = 0
        while count < memory.count {
            guard ContinuousClock.now < deadline,
                socket.waitUntilReadable(milliseconds: patienceMilliseconds)
            else { throw .silent(name) }
            let received = socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: memory[count...]))
            if received == 0 { break }
            if received < 0 {
                if errno == EAGAIN || errno == EINTR { continue }
                throw .system(name, operation: "receive", errno: errno)
            }
            count += received
            if UserspaceReply.isComplete(WireBytes(UnsafeRawBufferPointer(rebasing: memory[..<count]))) {
                break
            }
        }
        return count
    }
}
