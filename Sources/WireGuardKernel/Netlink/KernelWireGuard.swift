internal import CMNL
import Glibc

/// Reads WireGuard interfaces of the kernel; one thread's own.
///
/// Each reading is a round trip of some microseconds that takes the kernel's network lock: read once a second, not
/// a hundred times.
final class KernelWireGuard {
    /// The kernel makes its messages as long as what is read into, up to 32 KiB.
    private static let bufferBytes = 32 * 1024
    /// How often a reading is repeated that changed under way; then what came last is good enough: each peer's
    /// values are right, and only the list of peers or allowed IPs may miss its newest change.
    private static let attempts = 5

    private let buffer = ReceiveBuffer(byteCount: bufferBytes)
    private var socket: NetlinkSocket?
    private var family: UInt16?
    private var sequence: UInt32 = 0

    /// The interface as it is now.
    func device(_ name: InterfaceName) throws(WireGuardProblem) -> WireGuardDevice {
        do throws(NetlinkFailure) {
            return try read(name)
        } catch {
            // Whatever the socket may still hold would be in the way of the next request.
            socket = nil
            family = nil
            throw WireGuardProblem(error, of: name)
        }
    }

    private func read(_ name: InterfaceName) throws(NetlinkFailure) -> WireGuardDevice {
        let socket = try opened()
        if let family {
            do throws(NetlinkFailure) {
                return try dump(name, family: family, on: socket)
            } catch .refused(errno: ENOENT) {
                // The module was loaded again, and has another number.
            }
        }
        return try dump(name, family: try resolve(socket), on: socket)
    }

    private func opened() throws(NetlinkFailure) -> NetlinkSocket {
        if let socket { return socket }
        let opened = try NetlinkSocket(bus: NETLINK_GENERIC)
        socket = opened
        return opened
    }

    private func resolve(_ socket: NetlinkSocket) throws(NetlinkFailure) -> UInt16 {
        family = nil
        sequence &+= 1
        let request = NetlinkRequest.family(named: WG_GENL_NAME, sequence: sequence)
        var found: UInt16?
        _ = try socket.ask(request, answerType: UInt16(GENL_ID_CTRL), into: buffer) {
            message throws(NetlinkFailure) in
            found = try FamilyReply.identifier(message)
        }
        guard let found else { throw .garbled("no answer about the family") }
        family = found
        return found
    }

    private func dump(
        _ name: InterfaceName, family: UInt16, on socket: NetlinkSocket
    ) throws(NetlinkFailure) -> WireGuardDevice {
        var attempt = 1
        while true {
            sequence &+= 1
            var assembler = DeviceAssembler()
            let request = NetlinkRequest.device(name, family: family, sequence: sequence)
            let isInterrupted = try socket.ask(request, answerType: family, into: buffer) {
                message throws(NetlinkFailure) in
                try assembler.take(message)
            }
            if !isInterrupted || attempt == Self.attempts { return try assembler.assembled() }
            attempt += 1
        }
    }
}
