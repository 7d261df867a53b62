import GateModel
import UpstreamSelection

// Which layer broke, when no request gets through.

extension FailoverMachine {
    /// The layer that keeps every request from the app; nil while a path may work.
    ///
    /// | WireGuard | Rathole | layer |
    /// |---|---|---|
    /// | one of them leads to the box, and the app answers over neither | | `appDown` |
    /// | down; last handshake ≥ 180 s ago, none ever, or no peer | refused, or not configured | `boxAway` |
    /// | down; interface gone | any | `tunnelsDown` |
    /// | down; younger handshake, or no data | any | `tunnelsDown` |
    /// | down | accepts and stays silent, or closes | `tunnelsDown` |
    ///
    /// The box counts as away only when each tunnel's own protocol says that nobody is there: keys that ran out
    /// (``HandshakeFact/rejectAfter``), and a Rathole server without a client. A Rathole port that refuses says
    /// the same when its server is down, so it alone is not enough.
    func brokenLayer(at now: Duration) -> Outage.Layer? {
        if isAppDown { return .appDown }
        guard paths.allSatisfy({ $0.state == .down }) else { return nil }
        let hasWireGuard = paths.contains { $0.path.name == .wireGuard }
        return hasWireGuard && paths.allSatisfy { $0.isFarSideGone(at: now) } ? .boxAway : .tunnelsDown
    }

    /// Whether the app has answered the latest full probe over the path that carries traffic.
    ///
    /// More than the absence of an ``outage``: at the start nothing is known yet.
    package var isAppReached: Bool {
        paths[current].state.isUsable && paths[current].answeringSince != nil
    }

    /// Keeps ``outage`` in step: it begins when the first layer breaks and ends when none is broken.
    mutating func noteOutage(at now: Moment) {
        outage = brokenLayer(at: now.sinceBoot).map { Outage(layer: $0, since: outage?.since ?? now) }
    }
}

extension PathHealth {
    /// Whether the tunnel's own protocol says that the box is not there.
    fileprivate func isFarSideGone(at now: Duration) -> Bool {
        switch path.name {
        case .wireGuard: handshake?.fact(at: now).isFarSideGone ?? false
        case .rathole: cause == .refused
        case .direct: false
        }
    }
}

extension HandshakeFact {
    fileprivate var isFarSideGone: Bool {
        switch self {
        case .noPeer, .none, .noEndpoint: true
        case .age(let age): age >= Self.rejectAfter
        case .unknown, .interfaceGone: false
        }
    }
}
