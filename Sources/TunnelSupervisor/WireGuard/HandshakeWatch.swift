package import GateModel
package import WireGuardKernel

/// Makes facts for the machine of what is read about the interface, one reading after the other.
package struct HandshakeWatch: Sendable {
    private var age = HandshakeAge()

    package init() {}

    /// Takes a reading that came at `now`.
    package mutating func take(
        _ reading: WireGuardReading, at now: Moment
    ) -> (fact: HandshakeFact, details: WireGuardDetails) {
        switch reading {
        case .unknown(let fault): (.unknown, WireGuardDetails(fault: fault))
        case .sample(let sample):
            (
                fact(of: sample, at: now),
                WireGuardDetails(
                    fault: Self.fault(of: sample), receivedBytes: sample.receivedBytes,
                    sentBytes: sample.sentBytes)
            )
        }
    }

    /// The link can be seen by anybody, the peers only by the privileged: without them nothing is known of the
    /// handshake, and an interface of another kind may still be somebody's tunnel.
    private mutating func fact(of sample: WireGuardSample, at now: Moment) -> HandshakeFact {
        guard sample.exists, sample.isUp else { return .interfaceGone }
        guard let peers = sample.peers else { return .unknown }
        age.observe(lastHandshake: peers.lastHandshake, at: now)
        guard peers.count > 0 else { return .noPeer }
        guard peers.hasEndpoint else { return .noEndpoint }
        return age.age(at: now).map(HandshakeFact.age) ?? .none
    }

    /// Why the interface is of no use, or why nothing can be read of it.
    ///
    /// That it is missing or switched off anybody can see, so that goes before what the reading lacks. A kernel
    /// without WireGuard goes before both: no interface could be started there.
    private static func fault(of sample: WireGuardSample) -> Fault? {
        if sample.exists, sample.isUp { return sample.fault }
        if sample.exists {
            return Fault(
                code: "interface-gone", problem: "The interface \(sample.interface) is switched off",
                remedy: "Switch it on: `sudo ip link set \(sample.interface) up`, "
                    + "or set it up anew: `sudo systemctl restart wg-quick@\(sample.interface)`.")
        }
        if let fault = sample.fault, fault.code == WireGuardProblem.noKernelModuleCode { return fault }
        return Fault(
            code: "interface-gone", problem: "There is no interface \(sample.interface)",
            remedy: "Start it: `sudo systemctl start wg-quick@\(sample.interface)`.")
    }
}
