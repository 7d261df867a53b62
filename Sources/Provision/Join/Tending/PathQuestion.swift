package import GateModel
import Glibc

/// One HTTP request on one fresh connection, to learn how far it gets; it waits in system calls.
package struct PathQuestion: Sendable {
    package let address: IPAddress
    package let port: UInt16
    /// What the app is told as `Host`.
    package let host: String
    /// Over WireGuard a refusal comes from the other machine; over Rathole from this one.
    package let refusalIsFar: Bool

    package init(address: IPAddress, port: UInt16, host: String, refusalIsFar: Bool) {
        self.address = address
        self.port = port
        self.host = host
        self.refusalIsFar = refusalIsFar
    }

    /// Asks until the path is proven or the time is over; the last answer.
    package func ask(for time: Duration, pause: Duration = .milliseconds(300)) -> PathProof {
        let deadline = ContinuousClock.now + time
        while true {
            let proof = ask(once: min(.seconds(3), deadline - .now))
            guard !proof.provesPath, ContinuousClock.now + pause < deadline else { return proof }
            usleep(UInt32(pause.milliseconds) * 1000)
        }
    }

    /// Whether a connection can be made; nothing is sent over it.
    func connects(within time: Duration) -> Bool {
        let descriptor = socket(
            address.isIPv4 ? AF_INET : AF_INET6,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return connect(descriptor, until: .now + time) == 0
    }

    private func ask(once time: Duration) -> PathProof {
        let deadline = ContinuousClock.now + time
        let descriptor = socket(
            address.isIPv4 ? AF_INET : AF_INET6,
            Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return .silent }
        defer { close(descriptor) }
        switch connect(descriptor, until: deadline) {
        case 0: break
        case ECONNREFUSED: return refusalIsFar ? .appDown : .absent
        default: return .silent
        }
        let request = Array("HEAD / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
            return .ended
        }
        return readStatus(descriptor, until: deadline)
    }

    /// 0, or the `errno` of the connection.
    private func connect(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> Int32 {
        var result = SocketAddress.with(address, port: port) { Glibc.connect(descriptor, $0, $1) }
        guard result != 0, errno == EINPROGRESS else { return result == 0 ? 0 : errno }
        guard wait(descriptor, POLLOUT, until: deadline) else { return ETIMEDOUT }
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &result, &length) == 0 else { return errno }
        return result
    }

    private func readStatus(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> PathProof {
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64)
        while received.count < 12 {
            guard wait(descriptor, POLLIN, until: deadline) else { return .silent }
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return .ended }
            received += chunk[..<count]
        }
        return Self.proof(ofStatusLine: received)
    }

    /// `HTTP/1.1 200`: any status counts, anything else is no app.
    static func proof(ofStatusLine bytes: [UInt8]) -> PathProof {
        let text = String(decoding: bytes.prefix(12), as: UTF8.self)
        guard text.hasPrefix("HTTP/1."), let status = UInt16(text.suffix(3)), (100...999).contains(status)
        else { return .ended }
        return .answered(status: status)
    }

    private func wait(_ descriptor: Int32, _ events: Int32, until deadline: ContinuousClock.Instant) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
        return poll(&entry, 1, Int32(clamping: max(0, (deadline - .now).milliseconds))) > 0
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

/// An address and a port as the system takes them (ip(7), ipv6(7)).
enum SocketAddress {
    static func with<Result>(
        _ address: IPAddress, port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var storage = sockaddr_storage()
        let length = withUnsafeMutableBytes(of: &storage) { bytes -> Int in
            bytes.storeBytes(
                of: sa_family_t(address.isIPv4 ? AF_INET : AF_INET6), as: sa_family_t.self)
            bytes.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
            // The address follows the port, in IPv6 behind 4 bytes of flow label.
            UnsafeMutableRawBufferPointer(rebasing: bytes[(address.isIPv4 ? 4 : 8)...])
                .copyBytes(from: address.bytes)
            return address.isIPv4 ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
        }
        return withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
