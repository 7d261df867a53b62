import GateModel
import Glibc
import WireGuardKernel

/// One datagram through the tunnel, so that WireGuard itself notices a VPS that has forgotten it.
///
/// A VPS that has restarted knows neither the session nor where the aibox is: it must be the aibox that shakes hands.
/// WireGuard does so 15 s after a packet with data that nothing came back for (whitepaper §6.5: Keepalive-Timeout and
/// Rekey-Timeout). Its own keepalives are no such packets: with them alone the tunnel stays dead until the session is
/// 120 s old and the next keepalive is due, 145 s in all. A VPS that lives answers the datagram with a keepalive, whatever
/// its firewall thinks of it.
enum TunnelNudge {
    /// Where whatever arrives is thrown away (RFC 863).
    private static let discardPort: UInt16 = 9

    /// Sends it to `address` by that interface and by no other; without the interface nothing is sent.
    ///
    /// - Returns: Whether the kernel took it.
    static func send(
        to address: IPAddress, port: UInt16 = discardPort, over interface: InterfaceName
    ) -> Bool {
        let descriptor = socket(
            address.isIPv4 ? AF_INET : AF_INET6, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // socket(7): since Linux 5.7 a socket that is bound to none yet needs no privilege for it.
        let name = Array(interface.text.utf8)
        guard setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, name, socklen_t(name.count)) == 0 else {
            return false
        }
        let octet: [UInt8] = [0]
        return SocketAddress.with(address, port: port) {
            sendto(descriptor, octet, octet.count, Int32(MSG_DONTWAIT), $0, $1)
        } == octet.count
    }
}
