extension WireGuardReading {
    /// The reading in the words of `systemctl status`; only what stays true for a while.
    package func standing(of interface: InterfaceName) -> String {
        let name = interface.text
        switch self {
        case .unknown(let fault): return "\(name) cannot be read: \(fault)"
        case .sample(let sample) where !sample.exists:
            return "There is no \(name): systemctl start wg-quick@\(name)"
        case .sample(let sample) where !sample.isUp:
            return "\(name) is down: systemctl restart wg-quick@\(name)"
        case .sample(let sample):
            guard let peers = sample.peers else {
                return "\(name) is up and tells nothing\(sample.fault.map { ": \($0)" } ?? "")"
            }
            switch peers.count {
            case 0: return "Reading \(name): no box has joined yet"
            case 1: return "Reading \(name): " + (peers.hasEndpoint ? "1 peer" : "1 peer, never heard of")
            default: return "Reading \(name): \(peers.count) peers"
            }
        }
    }
}
