package import GateModel

/// What is known about a WireGuard interface at one moment; nothing in it is secret.
package struct WireGuardSample: Equatable, Sendable {
    package var interface: String
    /// Whether there is an interface of that name.
    package var exists: Bool
    /// Whether it is switched on (`IFF_UP`).
    package var isUp: Bool
    /// What its peers say; nil when that cannot be read, and ``fault`` says why.
    package var peers: WireGuardPeerSummary?
    /// Why ``peers`` is nil.
    package var fault: Fault?

    package init(
        interface: String, exists: Bool, isUp: Bool, peers: WireGuardPeerSummary? = nil, fault: Fault? = nil
    ) {
        self.interface = interface
        self.exists = exists
        self.isUp = isUp
        self.peers = peers
        self.fault = fault
    }

    /// Whether packets have somewhere to go; nil when it is not known.
    package var hasEndpoint: Bool? { peers?.hasEndpoint }
    /// Wall-clock seconds of the newest handshake; nil when there was none or it is not known.
    package var lastHandshake: Int64? { peers?.lastHandshake }
    /// Bytes received since the interface was made; nil when it is not known.
    package var receivedBytes: UInt64? { peers?.receivedBytes }
    /// Bytes sent since the interface was made; nil when it is not known.
    package var sentBytes: UInt64? { peers?.sentBytes }
}

/// All peers of an interface in a few numbers; in Runegate's own set-up there is one peer.
package struct WireGuardPeerSummary: Equatable, Sendable {
    /// 0 before a box has joined.
    package var count: Int
    /// Whether an address is known for any of them.
    package var hasEndpoint: Bool
    /// Seconds since the Unix epoch of the newest handshake, by the wall clock; nil when there was none.
    ///
    /// A wall clock may step: ``HandshakeAge`` makes an age of it.
    package var lastHandshake: Int64?
    /// Bytes received from all of them.
    package var receivedBytes: UInt64
    /// Bytes sent to all of them.
    package var sentBytes: UInt64

    package init(
        count: Int, hasEndpoint: Bool, lastHandshake: Int64?, receivedBytes: UInt64, sentBytes: UInt64
    ) {
        self.count = count
        self.hasEndpoint = hasEndpoint
        self.lastHandshake = lastHandshake
        self.receivedBytes = receivedBytes
        self.sentBytes = sentBytes
    }

    init(_ peers: [WireGuardPeer]) {
        self.init(
            count: peers.count, hasEndpoint: peers.contains { $0.endpoint != nil },
            lastHandshake: peers.compactMap(\.lastHandshake).max()?.seconds,
            receivedBytes: peers.reduce(0) { $0 &+ $1.receivedBytes },
            sentBytes: peers.reduce(0) { $0 &+ $1.sentBytes })
    }
}

extension WireGuardSample {
    /// Puts together what the link says and what reading the device gave.
    ///
    /// The two are read one after the other, so a device that is gone already wins over its link.
    init(link: WatchedLink, device: Result<WireGuardDevice, WireGuardProblem>) {
        self.init(interface: link.name.text, exists: link.exists, isUp: link.isUp)
        switch device {
        case .success(let device): peers = WireGuardPeerSummary(device.peers)
        case .failure(let problem):
            fault = problem.fault
            if case .noInterface = problem { (exists, isUp) = (false, false) }
        }
    }
}
