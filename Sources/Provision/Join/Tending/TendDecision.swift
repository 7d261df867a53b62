package import GateModel
package import WireGuardKernel

// What the aibox's timer does every 30 seconds: a decision from what is seen and what it remembers.

/// What is seen now.
package struct TendFacts: Equatable, Sendable {
    /// Nil when there is no interface, or it cannot be read.
    package var wireGuard: WireGuardFacts?
    /// Whether the interface was taken away while its unit believes that it is there: nobody else brings it back.
    package var isInterfaceLost = false
    /// Where the VPS is, as its name resolves now; empty when it does not.
    package var addresses: [IPAddress]
    package var wireGuardPort: UInt16
    /// Nil without Rathole.
    package var rathole: RatholeFacts?

    package init(
        wireGuard: WireGuardFacts?, addresses: [IPAddress], wireGuardPort: UInt16, rathole: RatholeFacts?
    ) {
        self.wireGuard = wireGuard
        self.addresses = addresses
        self.wireGuardPort = wireGuardPort
        self.rathole = rathole
    }

    package struct WireGuardFacts: Equatable, Sendable {
        package var peer: PublicKey
        package var endpoint: PeerEndpoint?
        /// Nil when there was none.
        package var handshakeAge: Duration?

        package init(peer: PublicKey, endpoint: PeerEndpoint?, handshakeAge: Duration?) {
            self.peer = peer
            self.endpoint = endpoint
            self.handshakeAge = handshakeAge
        }
    }

    package struct RatholeFacts: Equatable, Sendable {
        /// Whether a connection to the VPS's port stands.
        package var isConnected: Bool
        /// Whether the VPS's port takes connections; asked only while none stands.
        package var isServerThere: Bool

        package init(isConnected: Bool, isServerThere: Bool) {
            self.isConnected = isConnected
            self.isServerThere = isServerThere
        }
    }
}

/// What the timer remembers from one time to the next, within one boot.
package struct TendMemory: Codable, Equatable, Sendable {
    package var bootID: String
    /// Seconds since boot at which Rathole was first seen without a connection that it could have.
    var ratholeStuckSince: Int64?
    var ratholeRestartedAt: Int64?
    var interfaceRestartedAt: Int64?

    package init(bootID: String) {
        self.bootID = bootID
    }
}

/// What is to be done.
package enum TendAction: Equatable, Sendable {
    case setEndpoint(peer: PublicKey, PeerEndpoint)
    case restartInterface
    case restartRathole
}

package enum Tending {
    /// A healthy tunnel with keepalives shakes hands at least every 120 s, and 15 s later at most.
    package static let staleHandshake: Duration = .seconds(135)
    /// A client that has not come back for so long, while it could, is stuck: it tries every second.
    static let stuckAfter: Int64 = 60
    static let restartPause: Int64 = 300

    /// Decides, and notes what to remember.
    package static func decide(_ facts: TendFacts, _ memory: inout TendMemory, at now: Moment) -> [TendAction]
    {
        let seconds = now.sinceBoot.components.seconds
        return [endpoint(facts)].compactMap(\.self) + interface(facts, &memory, seconds)
            + rathole(facts, &memory, seconds)
    }

    private static func interface(
        _ facts: TendFacts, _ memory: inout TendMemory, _ now: Int64
    ) -> [TendAction] {
        guard facts.isInterfaceLost, memory.interfaceRestartedAt.map({ now - $0 >= restartPause }) ?? true
        else { return [] }
        memory.interfaceRestartedAt = now
        return [.restartInterface]
    }

    /// WireGuard resolves a name once; a VPS that moved, or has a second address, is found again here.
    private static func endpoint(_ facts: TendFacts) -> TendAction? {
        guard let wireGuard = facts.wireGuard, (wireGuard.handshakeAge ?? .seconds(3600)) > staleHandshake,
            let first = facts.addresses.first
        else { return nil }
        var next = first
        if let current = wireGuard.endpoint?.address, let index = facts.addresses.firstIndex(of: current) {
            // The address is right and silent: the next one, if there are several.
            next = facts.addresses[(index + 1) % facts.addresses.count]
        }
        let endpoint = PeerEndpoint(address: next, port: facts.wireGuardPort)
        return endpoint == wireGuard.endpoint ? nil : .setEndpoint(peer: wireGuard.peer, endpoint)
    }

    private static func rathole(
        _ facts: TendFacts, _ memory: inout TendMemory, _ now: Int64
    ) -> [TendAction] {
        guard let rathole = facts.rathole, !rathole.isConnected, rathole.isServerThere else {
            memory.ratholeStuckSince = nil
            return []
        }
        let since = memory.ratholeStuckSince ?? now
        memory.ratholeStuckSince = since
        let isRested = memory.ratholeRestartedAt.map { now - $0 >= restartPause } ?? true
        guard now - since >= stuckAfter, isRested else { return [] }
        memory.ratholeRestartedAt = now
        memory.ratholeStuckSince = nil
        return [.restartRathole]
    }
}
