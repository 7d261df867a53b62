package import GateModel
import Glibc

/// Echo requests that must not be broken up on the way (ICMP, RFC 792 and RFC 4443; DF, RFC 1191); needs root.
package final class UnbrokenEcho {
    private let descriptor: Int32
    private let address: IPAddress
    private let identifier = UInt16.random(in: 1...UInt16.max)
    private var sequence: UInt16 = 0

    /// Nil when the system gives no such socket.
    package init?(to address: IPAddress) {
        let type = Int32(SOCK_RAW.rawValue | SOCK_CLOEXEC.rawValue)
        descriptor =
            address.isIPv4
            ? socket(AF_INET, type, Int32(IPPROTO_ICMP)) : socket(AF_INET6, type, Int32(IPPROTO_ICMPV6))
        guard descriptor >= 0 else { return nil }
        self.address = address
        // IP_PMTUDISC_PROBE and IPV6_PMTUDISC_PROBE are 3: never broken up, whatever the kernel believes (ip(7)).
        var probe: Int32 = 3
        let length = socklen_t(MemoryLayout<Int32>.size)
        let result =
            address.isIPv4
            ? setsockopt(descriptor, Int32(IPPROTO_IP), IP_MTU_DISCOVER, &probe, length)
            : setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_MTU_DISCOVER, &probe, length)
        guard result == 0 else {
            close(descriptor)
            return nil
        }
    }

    deinit { close(descriptor) }

    /// The largest packet within `sizes` that comes back; nil when none does.
    package func search(_ sizes: ClosedRange<Int>) -> Int? {
        var search = MTUSearch(sizes)
        while let size = search.next {
            search.take(size, hasPassed: answers(size))
        }
        return search.result
    }

    /// Whether one of three packets of that size comes back: three losses in a row at 5 % each way happen once in a
    /// thousand sizes.
    func answers(_ size: Int) -> Bool {
        (0..<3).contains { _ in echoes(size, within: .milliseconds(700)) }
    }

    /// Whether a packet of `size` bytes, all headers counted, comes back.
    func echoes(_ size: Int, within time: Duration) -> Bool {
        sequence &+= 1
        let packet = Self.request(
            isIPv4: address.isIPv4, bytes: size - (address.isIPv4 ? 20 : 40), identifier: identifier,
            sequence: sequence)
        let sent = SocketAddress.with(address, port: 0) {
            sendto(descriptor, packet, packet.count, 0, $0, $1)
        }
        guard sent == packet.count else { return false }
        let deadline = ContinuousClock.now + time
        var received = [UInt8](repeating: 0, count: 2048)
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while poll(&entry, 1, Int32(clamping: max(0, (deadline - .now).milliseconds))) > 0 {
            let count = recv(descriptor, &received, received.count, 0)
            if count > 0, isReply(Array(received[..<count])) { return true }
        }
        return false
    }

    /// IPv4's raw sockets give the IP header, too; IPv6's do not (raw(7), RFC 3542 §3).
    private func isReply(_ bytes: [UInt8]) -> Bool {
        let header = address.isIPv4 ? Int(bytes.first ?? 0) % 16 * 4 : 0
        guard bytes.count >= header + 8, bytes[header] == (address.isIPv4 ? 0 : 129) else { return false }
        return Array(bytes[(header + 4)..<(header + 8)]) == identifier.octets + sequence.octets
    }

    /// Type, code, checksum, identifier, sequence, zeros.
    static func request(isIPv4: Bool, bytes count: Int, identifier: UInt16, sequence: UInt16) -> [UInt8] {
        var packet: [UInt8] = [isIPv4 ? 8 : 128, 0, 0, 0] + identifier.octets + sequence.octets
        packet += [UInt8](repeating: 0, count: max(0, count - packet.count))
        // The kernel fills in ICMPv6's checksum, which covers addresses.
        if isIPv4 { packet.replaceSubrange(2..<4, with: checksum(packet).octets) }
        return packet
    }

    /// RFC 1071.
    static func checksum(_ bytes: [UInt8]) -> UInt16 {
        var sum: UInt32 = 0
        for index in stride(from: 0, to: bytes.count, by: 2) {
            let low = index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0
            sum += UInt32(bytes[index]) << 8 | low
        }
        while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
        return ~UInt16(sum)
    }
}
