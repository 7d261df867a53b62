import Glibc

// A port of loopback that answers no connect: its queue of accepted connections is full, so the kernel drops every
// further SYN, as a dead tunnel does.

final class SilentPort: Sendable {
    let port: Int
    private let sockets: [CInt]

    enum Failure: Error { case unavailable(errno: CInt) }

    init() throws {
        let listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 0) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw Failure.unavailable(errno: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        // A queue of length 0 takes one; the others hang from the beginning.
        let fillers = (0..<3).map { _ in
            let filler = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = connect(filler, $0, length) }
            }
            return filler
        }
        sockets = [listener] + fillers
    }

    deinit { for socket in sockets { close(socket) } }
}
