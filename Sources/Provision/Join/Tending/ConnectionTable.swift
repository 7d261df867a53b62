package import GateModel

/// The kernel's table of TCP connections, `/proc/self/net/tcp` and `tcp6` (proc_net_tcp in the kernel's documentation).
package enum ConnectionTable {
    package static let paths = ["/proc/self/net/tcp", "/proc/self/net/tcp6"]

    /// `TCP_ESTABLISHED` of linux/tcp_states.h.
    private static let established = "01"

    /// Whether a connection to one of these addresses and this port stands.
    package static func holdsConnection(
        _ text: String, to addresses: [IPAddress], port: UInt16
    ) -> Bool {
        text.split(separator: "\n").dropFirst().contains { line in
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == established, let far = far(fields[2]) else { return false }
            return far.port == port && addresses.contains(far.address)
        }
    }

    /// `0200000A:1F90`: each 32-bit word of the address in the machine's order, the port as a number.
    private static func far(_ field: Substring) -> (address: IPAddress, port: UInt16)? {
        let parts = field.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16),
            parts[0].utf8.count == 8 || parts[0].utf8.count == 32
        else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { bytes += $0 }
            rest = rest.dropFirst(8)
        }
        return (IPAddress(bytes: bytes), port)
    }
}
