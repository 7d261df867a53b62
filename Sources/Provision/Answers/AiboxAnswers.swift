package import GateModel

/// What is known about the aibox once it has joined: its own answers and what the VPS told it.
package struct AiboxAnswers: Hashable, Sendable {
    /// The name that visitors type; enrolment goes there.
    package var domain: DomainName
    /// Where the VPS is on the Internet.
    package var endpoint: PublicHost
    package var ports = TunnelPorts()
    package var tunnel = TunnelNetwork.standard
    /// Where the app listens on this machine.
    package var appPort = Port(known: 7860)
    /// What the VPS asks for through WireGuard; nil: the app's own port.
    package var askedPort: Port?
    /// The `rathole` program, absolute; nil: there is none, and no fallback path.
    package var ratholeProgram: ProgramPath?
    /// The largest packet that goes through unbroken.
    package var mtu = MTU.standard

    package init(domain: DomainName, endpoint: PublicHost) {
        self.domain = domain
        self.endpoint = endpoint
    }
}
