import GateModel
import WireGuardKernel

// The code's fields as bytes. What is as usual is left out: a flag says what is there.
//
//   1     flags: bits 0 and 1 the endpoint (0 the domain, 1 another name, 2 an IPv4, 3 an IPv6 address),
//         bit 2 ports, bit 3 the app's port, bit 4 the network inside WireGuard
//   1+n   the domain, its length first
//   …     the endpoint; WireGuard's and Rathole's port, 2 bytes each; the app's port, 2 bytes; the network's first
//         address, 4 bytes, and the length of its prefix
//   96    public keys: enrolment, WireGuard, Rathole
//   16    the secret

extension JoinCode {
    private enum Flag {
        static let endpointMask: UInt8 = 0b11
        static let ports: UInt8 = 1 << 2
        static let appPort: UInt8 = 1 << 3
        static let tunnel: UInt8 = 1 << 4
        static let all: UInt8 = 0b1_1111
    }

    package var octets: [UInt8] {
        var flags: UInt8 = 0
        var fields = Self.counted(domain.ascii)
        if let address = endpoint.address {
            flags |= address.isIPv4 ? 2 : 3
            fields += address.bytes
        } else if endpoint.text != domain.ascii {
            flags |= 1
            fields += Self.counted(endpoint.text)
        }
        if ports != TunnelPorts() {
            flags |= Flag.ports
            fields += ports.wireGuard.number.octets + ports.rathole.number.octets
        }
        if appPort != Self.usualAppPort {
            flags |= Flag.appPort
            fields += appPort.number.octets
        }
        if tunnel != .standard {
            flags |= Flag.tunnel
            fields += tunnel.block.base.bytes + [UInt8(tunnel.block.prefixLength)]
        }
        return [flags] + fields + keys.all.flatMap(\.bytes) + secret.bytes
    }

    /// Reads what ``octets`` gives; nil for anything else.
    package init?(octets: [UInt8]) {
        var reader = OctetReader(octets)
        guard let flags = reader.take(UInt8.self), flags & ~Flag.all == 0,
            let domain = reader.takeText().flatMap({ try? DomainName($0) }),
            let endpoint = Self.endpoint(flags & Flag.endpointMask, domain, &reader),
            let ports = flags & Flag.ports == 0 ? TunnelPorts() : reader.takePorts(),
            let appPort = flags & Flag.appPort == 0 ? Self.usualAppPort : reader.takePort(),
            let tunnel = flags & Flag.tunnel == 0 ? .standard : reader.takeNetwork(),
            let enrolment = reader.takeKey(), let wireGuard = reader.takeKey(),
            let rathole = reader.takeKey(), let secret = reader.take(Self.secretBytes), reader.isAtEnd
        else { return nil }
        self.init(
            domain: domain, endpoint: endpoint, ports: ports, tunnel: tunnel, appPort: appPort,
            keys: ServerKeys(wireGuard: wireGuard, rathole: rathole, enrolment: enrolment),
            secret: Secret(bytes: secret))
        // One code has one spelling.
        guard self.octets == octets else { return nil }
    }

    private static func counted(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func endpoint(
        _ kind: UInt8, _ domain: DomainName, _ reader: inout OctetReader
    ) -> PublicHost? {
        switch kind {
        case 0: PublicHost(domain)
        case 1: reader.takeText().flatMap { try? PublicHost($0) }
        default:
            reader.take(kind == 2 ? 4 : 16).flatMap { try? PublicHost(IPAddress(bytes: $0).description) }
        }
    }
}

extension OctetReader {
    mutating func takeKey() -> PublicKey? { take(32).flatMap(PublicKey.init(bytes:)) }

    /// A text behind its length in one byte.
    fileprivate mutating func takeText() -> String? {
        take(UInt8.self).flatMap { take(Int($0)) }.map { String(decoding: $0, as: UTF8.self) }
    }

    fileprivate mutating func takePort() -> Port? {
        take(UInt16.self).flatMap { $0 > 0 ? Port(known: $0) : nil }
    }

    fileprivate mutating func takePorts() -> TunnelPorts? {
        guard let wireGuard = takePort(), let rathole = takePort() else { return nil }
        return TunnelPorts(wireGuard: wireGuard, rathole: rathole)
    }

    fileprivate mutating func takeNetwork() -> TunnelNetwork? {
        guard let base = take(4), let length = take(UInt8.self) else { return nil }
        return try? TunnelNetwork("\(IPAddress(bytes: base))/\(length)")
    }
}
