package import GateModel
import Glibc
package import WireGuardKernel

/// What the aibox can see of its tunnels: the edge of the timer and of the report.
package struct BoxSenses: Sendable {
    private let state: BoxState
    private let interface: InterfaceName
    private let time: any TimeSource

    package init(_ state: BoxState, interface: InterfaceName, time: any TimeSource = SystemTime()) {
        self.state = state
        self.interface = interface
        self.time = time
    }

    /// The interface that provisioning brings up.
    package init?(ofThisMachine state: BoxState) {
        guard let interface = try? InterfaceName("wg0") else { return nil }
        self.init(state, interface: interface)
    }

    /// Whether the interface is there.
    package var hasInterface: Bool { (try? DeviceReader().device(interface)) != nil }

    /// Looks at everything that the timer decides on; a few seconds when nothing answers.
    package func facts() -> TendFacts {
        let addresses = NameLookup.addresses(of: state.place.endpoint)
        var facts = TendFacts(
            wireGuard: wireGuard(), addresses: addresses, wireGuardPort: state.place.wireGuardPort,
            rathole: state.own.ratholeProgram.map { _ in rathole(addresses) })
        facts.isInterfaceLost = facts.wireGuard == nil && believesInInterface
        return facts
    }

    /// Whether the interface's unit was started and not stopped.
    private var believesInInterface: Bool {
        let said = try? Program("systemctl", "is-active", "--quiet", Services.interfaceUnit).run()
        return said?.isSuccess ?? false
    }

    /// What `runegate tunnels` says here; some seconds when something does not answer.
    package func report() -> BoxReport {
        let facts = facts()
        let answer = PathQuestion(
            address: IPAddress(bytes: [127, 0, 0, 1]), port: state.own.appPort, host: state.place.domain,
            refusalIsFar: true
        ).ask(for: .seconds(2))
        return BoxReport(
            wireGuard: BoxReport.WireGuard(
                isUp: facts.wireGuard != nil, endpoint: facts.wireGuard?.endpoint?.description,
                handshakeSeconds: facts.wireGuard?.handshakeAge?.components.seconds,
                isEchoing: facts.wireGuard == nil ? nil : echoes),
            rathole: facts.rathole.map {
                BoxReport.Rathole(
                    server: "\(state.place.endpoint):\(state.place.ratholePort)", isConnected: $0.isConnected,
                    isServerThere: $0.isServerThere)
            },
            app: BoxReport.App(address: "127.0.0.1:\(state.own.appPort)", answer))
    }

    /// Whether the VPS answers through the tunnel; nil when we may not ask.
    private var echoes: Bool? {
        state.place.vpsInTunnel.flatMap { UnbrokenEcho(to: $0)?.answers(100) }
    }

    private func wireGuard() -> TendFacts.WireGuardFacts? {
        guard let device = try? DeviceReader().device(interface), let peer = device.peers.first else {
            return nil
        }
        // Two processes never meet: only the wall clock is common to the handshake and to now.
        let age = peer.lastHandshake.map { Duration.seconds(max(0, time.now().unixSeconds - $0.seconds)) }
        return TendFacts.WireGuardFacts(
            peer: peer.publicKey, endpoint: peer.endpoint, handshakeAge: age)
    }

    private func rathole(_ addresses: [IPAddress]) -> TendFacts.RatholeFacts {
        let isConnected = ConnectionTable.paths.contains { path in
            ConnectionTable.holdsConnection(
                KernelText.read(path), to: addresses, port: state.place.ratholePort)
        }
        let isServerThere =
            !isConnected
            && addresses.contains { address in
                PathQuestion(
                    address: address, port: state.place.ratholePort, host: "", refusalIsFar: false
                ).connects(within: .seconds(3))
            }
        return TendFacts.RatholeFacts(isConnected: isConnected, isServerThere: isServerThere)
    }
}

/// Names to addresses by the system's resolver, which waits as long as it is configured to.
enum NameLookup {
    /// Every address, in the order of the resolver's preference; empty when there is none.
    static func addresses(of host: String) -> [IPAddress] {
        if let address = try? IPAddress(host) { return [address] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let entry = next {
            if let address = address(of: entry.pointee), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.pointee.ai_next
        }
        return addresses
    }

    /// The address stands behind the port, in IPv6 behind 4 more bytes of flow label (ip(7), ipv6(7)).
    private static func address(of entry: addrinfo) -> IPAddress? {
        guard let start = entry.ai_addr else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(entry.ai_addrlen))
        switch entry.ai_family {
        case AF_INET where bytes.count >= 8: return IPAddress(bytes: Array(bytes[4..<8]))
        case AF_INET6 where bytes.count >= 24: return IPAddress(bytes: Array(bytes[8..<24]))
        default: return nil
        }
    }
}

/// A file that the kernel makes up while it is read.
enum KernelText {
    /// All of it; empty when it cannot be read.
    static func read(_ path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
