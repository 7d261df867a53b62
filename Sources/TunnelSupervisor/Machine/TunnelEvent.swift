package import GateModel
package import UpstreamSelection

/// What the machine is told.
package enum TunnelEvent: Sendable, Hashable {
    /// A light probe, sent at that reading of the boot clock, ended.
    case light(UpstreamPath.Name, LightOutcome, sentAt: Duration)
    /// A full probe ended.
    case full(UpstreamPath.Name, FullOutcome, sentAt: Duration)
    /// WireGuard's data, sampled or pushed.
    case handshake(HandshakeFact, WireGuardDetails = WireGuardDetails())
    /// A connect of live traffic failed, or its first byte is late.
    case trafficFailed(UpstreamPath.Name)
    /// Live traffic got an answer.
    case byteSeen(UpstreamPath.Name)
    /// Visitors came, or have been away for ``ProbePeriods/quietAfter``.
    case activity(isQuiet: Bool)
    /// Somebody wants traffic on a path while it works.
    case prefer(Preference)
    /// Somebody tries a path; traffic goes back by itself at that reading of the boot clock.
    case beginDrill(UpstreamPath.Name, endsBy: Duration)
    case endDrill
    /// Nothing but time has passed.
    case tick
}

/// What the machine wants done.
package enum TunnelAction: Sendable, Hashable {
    /// Tell the users of paths.
    case publish(Routing)
    /// A path changed its state.
    case changed(PathChange)
    /// Traffic moved.
    case switched(SwitchRecord)
}

/// Where requests go.
package struct Routing: Sendable, Hashable {
    /// The path for new requests.
    package let current: UpstreamPath
    /// The path to race when `current` hesitates, if there is one worth trying.
    package let alternative: UpstreamPath?
    /// How long a connect on `current` may take before it is raced.
    package let raceAfter: Duration
    /// Paths that are used only if there is no other.
    package let dead: Set<UpstreamPath.Name>
    /// Those of them whose connections are to be ended: they will not come back soon, or there is a better way.
    package let lost: Set<UpstreamPath.Name>
    /// Paths on which a request that is sent once does not go on a connection that was idle.
    package let doubtful: Set<UpstreamPath.Name>
    /// What keeps every request from the app.
    package let outage: Outage?
}

/// A path's way from one state to another.
package struct PathChange: Sendable, Hashable {
    package let path: UpstreamPath.Name
    package let from: PathState
    package let to: PathState
    /// Why it went down.
    package let cause: SwitchCause?
    package let at: Moment
}
