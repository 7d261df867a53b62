import GateModel
import Glibc
import UpstreamSelection

// What a path's state rests on, in a few words.

extension PathHealth {
    /// Handshake and last full probe: `handshake 41s ago, probe 200 in 18ms`.
    package func evidence(at now: Duration) -> String {
        let parts = [handshakeWords(at: now), probeWords].compactMap { $0 }
        return parts.joined(separator: ", ")
    }

    /// Nil for a path that has nothing to do with WireGuard.
    private func handshakeWords(at now: Duration) -> String? {
        guard path.name == .wireGuard else { return nil }
        guard watch == .lightAndFull else { return "handshake not used" }
        switch handshake?.fact(at: now) ?? .unknown {
        case .unknown: return "handshake unknown"
        case .noPeer: return "no peer"
        case .none: return "no handshake yet"
        case .age(let age): return "handshake \(Span.words(age.components.seconds)) ago"
        case .interfaceGone: return "interface gone"
        case .noEndpoint: return "peer not heard of"
        }
    }

    private var probeWords: String {
        guard let lastFull else { return "no probe yet" }
        return switch lastFull.outcome {
        case .answered(let status, let time): "probe \(status) in \(time.wholeMilliseconds)ms"
        case .garbled: "probe answered, but not in HTTP"
        case .refused: "probe refused"
        case .closed: "probe closed without an answer"
        case .silent: "probe accepted, no answer"
        case .noConnection: "probe got no connection"
        case .unreachable(let number): "probe not sent (\(String(cString: strerror(number))))"
        }
    }
}

extension Duration {
    /// The duration in milliseconds, cut off.
    package var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
