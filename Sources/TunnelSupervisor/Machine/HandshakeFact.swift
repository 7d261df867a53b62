/// What WireGuard's own data says about its peer at one moment.
package enum HandshakeFact: Sendable, Hashable {
    /// No data: no reader, no permission, or no sample yet. Says nothing about the path.
    case unknown
    /// The interface has no peer: no box has joined.
    case noPeer
    /// There is a peer, and no handshake has ever completed.
    case none
    /// The last handshake was this long ago, measured on a monotonic clock.
    case age(Duration)
    /// The interface is down, deleted or not a WireGuard one.
    case interfaceGone
    /// The peer has not been heard of, so there is no address to send to.
    case noEndpoint

    /// After this the session keys are void (`REJECT_AFTER_TIME`, WireGuard paper §6.1).
    package static let rejectAfter: Duration = .seconds(180)

    /// Whether traffic may return to WireGuard.
    ///
    /// Missing data is no reason against it; age alone never takes a path down.
    package var allowsReturn: Bool {
        switch self {
        case .unknown: true
        case .age(let age): age < Self.rejectAfter
        case .noPeer, .none, .interfaceGone, .noEndpoint: false
        }
    }

    /// Why the path is down without any probe, or nil.
    package var instantCause: SwitchCause? {
        switch self {
        case .interfaceGone: .interfaceGone
        case .noEndpoint, .noPeer: .noEndpoint
        case .unknown, .none, .age: nil
        }
    }
}
