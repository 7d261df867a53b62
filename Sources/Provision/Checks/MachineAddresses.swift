import GateModel
import Glibc

/// The addresses of this machine's interfaces, and those of a name.
enum MachineAddresses {
    /// Every address with its interface and block.
    static func interfaces() -> [LocalNetworks.Network] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        return sequence(first: first, next: { $0?.pointee.ifa_next }).prefix { $0 != nil }.compactMap {
            entry in
            guard let entry = entry?.pointee, let address = address(entry.ifa_addr),
                let mask = address.isIPv4 ? IPMask.length(entry.ifa_netmask) : 128
            else { return nil }
            return LocalNetworks.Network(
                name: String(cString: entry.ifa_name), block: IPNetwork(base: address, prefixLength: mask))
        }
    }

    /// The addresses themselves, loopback left out.
    static func own() -> [IPAddress] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        return sequence(first: first, next: { $0?.pointee.ifa_next }).prefix { $0 != nil }
            .compactMap { address($0?.pointee.ifa_addr) }.filter { !$0.isLoopback }
    }

    /// What a name stands for, each address once; blocks for as long as the resolver does.
    ///
    /// - Returns: Nothing when there is no such name or it has no address; nil when that could not be asked.
    static func lookUp(_ name: String) -> [IPAddress]? {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(name, nil, &hints, &first)
        // EAI_NODATA, -5 in netdb.h, is hidden from whoever does not ask for GNU's extensions.
        if result == EAI_NONAME || result == -5 { return [] }
        guard result == 0 else { return nil }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { address($0?.pointee.ai_addr) }
    }

    /// Whether the kernel knows IPv6 at all (`ipv6.disable=1` takes it away).
    static var haveIPv6: Bool { access("/proc/net/if_inet6", F_OK) == 0 }

    private static func address(_ pointer: UnsafeMutablePointer<sockaddr>?) -> IPAddress? {
        guard let pointer else { return nil }
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET:
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin_addr) { IPAddress(bytes: Array($0)) }
            }
        case AF_INET6:
            return pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin6_addr) { IPAddress(bytes: Array($0)) }
            }
        default: return nil
        }
    }

    private enum IPMask {
        static func length(_ pointer: UnsafeMutablePointer<sockaddr>?) -> Int? {
            address(pointer).map { $0.bytes.reduce(0) { $0 + $1.nonzeroBitCount } }
        }
    }
}
