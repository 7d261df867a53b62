import NIOCore
import UpstreamSelection

/// Lets an observation pass only so often: what was said a moment ago is still known.
///
/// It makes a report cost a comparison on almost every request.
struct ObservationGate {
    /// Shorter than the fastest regular probe's period would be of no use to anybody.
    static let period: TimeAmount = .milliseconds(100)

    private var last = [NIODeadline](repeating: .distantPast, count: 4 * UpstreamPath.Name.allCases.count)

    /// Whether `observation` is news at `now`.
    mutating func passes(_ observation: PassiveObservation, at now: NIODeadline) -> Bool {
        let index = observation.place
        guard now - last[index] >= Self.period else { return false }
        last[index] = now
        return true
    }
}

extension PassiveObservation {
    /// A number of its own for each kind and path.
    fileprivate var place: Int {
        switch self {
        case .requestBegan(let path): path.place
        case .connectFailed(let path): 3 + path.place
        case .firstByteLate(let path): 6 + path.place
        case .byteSeen(let path): 9 + path.place
        }
    }
}

extension UpstreamPath.Name {
    fileprivate var place: Int {
        switch self {
        case .direct: 0
        case .wireGuard: 1
        case .rathole: 2
        }
    }
}
