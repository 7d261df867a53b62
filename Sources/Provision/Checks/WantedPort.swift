/// A port that Runegate needs on the VPS.
package struct WantedPort: Sendable, Hashable {
    package enum Transport: String, Sendable, Hashable {
        case tcp = "TCP"
        case udp = "UDP"
    }

    package let port: Port
    package let transport: Transport
    /// What would listen there, in words such as `nginx`.
    let use: String
    /// Names of programs that may hold it: those that we would have there.
    let programs: Set<String>
    /// The interface that may hold it.
    let interface: String?
    /// The flag that chooses another port; nil where the whole world expects this one.
    let flag: String?

    /// Where browsers and certificate authorities come in.
    package static func web(_ port: Port) -> WantedPort {
        WantedPort(
            port: port, transport: .tcp, use: "nginx", programs: ["nginx"], interface: nil, flag: nil)
    }

    package static func wireGuard(_ port: Port) -> WantedPort {
        WantedPort(
            port: port, transport: .udp, use: "WireGuard", programs: [], interface: "wg0",
            flag: "--wireguard-port")
    }

    /// The port on which Rathole's server listens; its program's file may be called anything.
    package static func rathole(_ port: Port, program: ProgramPath?) -> WantedPort {
        let name = program?.text.split(separator: "/").last.map { String($0.prefix(15)) }
        return WantedPort(
            port: port, transport: .tcp, use: "Rathole", programs: ["rathole", name ?? "rathole"],
            interface: nil, flag: "--rathole-port")
    }

    /// Whether a holder is what we would have there.
    func expects(_ holder: PortHolder) -> Bool {
        switch holder {
        case .program(let name, _): programs.contains(name)
        case .wireGuard(let name): name == interface
        case .kernel: false
        }
    }

    /// What is made of those who hold it.
    package func result(heldBy holders: [PortHolder]) -> CheckResult {
        let subject = "\(transport.rawValue) port \(port)"
        guard let stranger = holders.first(where: { !expects($0) }) else {
            return CheckResult(
                subject, .pass,
                holders.isEmpty
                    ? "free" : "held by \(holders.map(\.description).joined(separator: ", "))")
        }
        let other = flag.map {
            ", or choose another port: \($0) \(port.number == .max ? 1024 : port.number + 1)"
        }
        return CheckResult(
            subject, .fail,
            "taken by \(stranger), and \(use) needs it. \(stranger.stop)\(other ?? ", then run the same command again")."
        )
    }
}
