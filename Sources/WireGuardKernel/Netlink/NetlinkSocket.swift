internal import CMNL
import Glibc

/// A netlink socket of libmnl's; one thread's own.
final class NetlinkSocket {
    /// How long the kernel may take for an answer; it takes microseconds.
    static let patience: Duration = .seconds(2)

    private let socket: OpaquePointer
    /// Our address, which answers carry.
    let portID: UInt32
    var descriptor: Int32 { mnl_socket_get_fd(socket) }

    /// Opens and binds a socket.
    ///
    /// - Parameters:
    ///   - bus: `NETLINK_GENERIC` or `NETLINK_ROUTE`.
    ///   - groups: Whose events are wanted (`RTMGRP_LINK`); with any, ``receive(into:read:)`` does not wait.
    /// - Throws: `system` when there is no such bus, or the process may not use it.
    init(bus: Int32, groups: UInt32 = 0) throws(NetlinkFailure) {
        let flags = Int32(SOCK_CLOEXEC.rawValue) | (groups == 0 ? 0 : Int32(SOCK_NONBLOCK.rawValue))
        guard let socket = mnl_socket_open2(bus, flags) else {
            throw .system(operation: "socket", errno: errno)
        }
        // Port 0: the kernel chooses one, so that several sockets of a process do not clash.
        guard mnl_socket_bind(socket, groups, pid_t(MNL_SOCKET_AUTOPID)) == 0 else {
            let error = errno
            _ = mnl_socket_close(socket)
            throw .system(operation: "bind", errno: error)
        }
        self.socket = socket
        self.portID = mnl_socket_get_portid(socket)
        var patience = timeval(tv_sec: Int(Self.patience.components.seconds), tv_usec: 0)
        setsockopt(
            mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    deinit { _ = mnl_socket_close(socket) }

    func send(_ request: NetlinkRequest) throws(NetlinkFailure) {
        let count = request.bytes.withUnsafeBytes { mnl_socket_sendto(socket, $0.baseAddress, $0.count) }
        guard count == request.bytes.count else { throw .system(operation: "send", errno: errno) }
    }

    /// Receives one datagram, whose bytes are gone when this returns.
    ///
    /// - Returns: Nil when nothing is there, on a socket that does not wait.
    func receive<Result>(
        into buffer: ReceiveBuffer, read: (WireBytes) throws(NetlinkFailure) -> Result
    ) throws(NetlinkFailure) -> Result? {
        do throws(NetlinkFailure) {
            return try buffer.receive({ memory throws(NetlinkFailure) in try fill(memory) }, read: read)
        } catch .system(_, errno: EAGAIN) {
            return nil
        }
    }

    /// Answers a request: datagrams up to the last that belongs to it.
    ///
    /// - Parameters:
    ///   - request: What is asked.
    ///   - answerType: The type of the messages that answer it.
    ///   - buffer: Where they arrive.
    ///   - message: Takes them one by one.
    /// - Returns: Whether what was told changed meanwhile.
    /// - Throws: What the kernel refused it with, or why there was no answer.
    func ask(
        _ request: NetlinkRequest, answerType: UInt16?, into buffer: ReceiveBuffer,
        message: (NetlinkMessage) throws(NetlinkFailure) -> Void
    ) throws(NetlinkFailure) -> Bool {
        try send(request)
        var exchange = NetlinkExchange(sequence: request.sequence, portID: portID, answerType: answerType)
        while !exchange.isOver {
            let received: Void? = try receive(into: buffer) { datagram throws(NetlinkFailure) in
                try exchange.take(datagram, message: message)
            }
            guard received != nil else { throw .silent }
        }
        return exchange.isInterrupted
    }

    private func fill(_ memory: UnsafeMutableRawBufferPointer) throws(NetlinkFailure) -> Int {
        while true {
            let count = mnl_socket_recvfrom(socket, memory.baseAddress, memory.count)
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case ENOBUFS: throw .overrun
            // libmnl's word for a datagram longer than the buffer.
            case ENOSPC: throw .garbled("a datagram longer than \(memory.count) bytes")
            default: throw .system(operation: "recvmsg", errno: errno)
            }
        }
    }
}
