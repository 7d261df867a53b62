internal import GateModel
import Glibc

/// A peer's endpoint as the kernel keeps it: `struct sockaddr_in` or `struct sockaddr_in6` (ip(7), ipv6(7)).
enum SocketAddressReply {
    /// Family (2 bytes, the machine's order), port (2 bytes, network order), and the address: at 4 in the first,
    /// at 8 behind a flow label in the second.
    static func endpoint(_ bytes: WireBytes) throws(NetlinkFailure) -> PeerEndpoint {
        guard let family = bytes.integer(at: 0, as: UInt16.self),
            let port = bytes.integer(at: 2, as: UInt16.self)
        else { throw .garbled("an endpoint of \(bytes.count) bytes") }
        let address: WireBytes? =
            switch (Int32(family), bytes.count) {
            case (AF_INET, MemoryLayout<sockaddr_in>.size): bytes.slice(from: 4, count: 4)
            case (AF_INET6, MemoryLayout<sockaddr_in6>.size): bytes.slice(from: 8, count: 16)
            default: nil
            }
        guard let address else { throw .garbled("an endpoint of family \(family), \(bytes.count) bytes") }
        return PeerEndpoint(address: IPAddress(bytes: address.array), port: UInt16(bigEndian: port))
    }
}
