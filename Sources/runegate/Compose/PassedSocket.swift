import GateModel
import Glibc

/// Listening sockets as descriptors: passed by systemd, or opened before the gateway knows its own name.
enum PassedSocket {
    /// Whether only this machine can reach it: a Unix socket, or a loopback address.
    static func isLoopback(_ descriptor: Int32) -> Bool {
        address(of: descriptor)?.isLoopback ?? false
    }

    /// Opens a TCP listener.
    ///
    /// - Returns: The descriptor, and the address with its real port.
    /// - Throws: A `Fault` that says who may have the port.
    static func listen(on address: ListenAddress) throws(Fault) -> (descriptor: Int32, address: ListenAddress)
    {
        guard case .ip(let ip, let port) = address else {
            throw Fault(
                code: "not-a-port", problem: "\(address) is no address with a port",
                remedy: "Give one such as 127.0.0.1:7870.")
        }
        let descriptor = socket(
            ip.isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard descriptor >= 0, bind(descriptor, to: ip, port: port), Glibc.listen(descriptor, 4096) == 0,
            let bound = Self.address(of: descriptor)
        else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw Fault(
                code: "cannot-listen", problem: "Cannot listen on \(address): \(reason)",
                remedy: "Give another one with --listen or --port, or see who has it: ss -ltnp")
        }
        return (descriptor, bound)
    }

    private static func bind(_ descriptor: Int32, to ip: IPAddress, port: Int) -> Bool {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { bytes -> Int in
            // sockaddr_in and sockaddr_in6: the port follows the family, then (after 4 bytes of flow label in
            // the second) the address (ip(7), ipv6(7)).
            bytes.storeBytes(of: sa_family_t(ip.isIPv4 ? AF_INET : AF_INET6), as: sa_family_t.self)
            bytes.storeBytes(of: UInt16(port).bigEndian, toByteOffset: 2, as: UInt16.self)
            UnsafeMutableRawBufferPointer(rebasing: bytes[(ip.isIPv4 ? 4 : 8)...]).copyBytes(from: ip.bytes)
            return ip.isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(length)) == 0
            }
        }
    }

    /// Where a socket listens (`getsockname(2)`); nil when it is no socket of these families.
    private static func address(of descriptor: Int32) -> ListenAddress? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let result = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard result == 0 else { return nil }
        return withUnsafeBytes(of: &storage) { bytes in
            let port = Int(UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)))
            switch Int32(bytes.load(as: sa_family_t.self)) {
            case AF_UNIX: return .unix(path: "/")
            case AF_INET: return .ip(IPAddress(bytes: Array(bytes[4..<8])), port: port)
            case AF_INET6: return .ip(IPAddress(bytes: Array(bytes[8..<24])), port: port)
            default: return nil
            }
        }
    }
}
