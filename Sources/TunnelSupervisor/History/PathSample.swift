package import UpstreamSelection

/// What one path did in one span of some minutes.
package struct PathSample: Sendable, Hashable {
    package let path: UpstreamPath.Name
    /// The wall clock at the end of the span, less its length: a step of the clock in between moves it.
    package let beganUnixSeconds: Int64
    package let seconds: Int64
    /// For how much of it the path carried traffic.
    package let activeSeconds: Int64
    package let probes: Int
    package let lost: Int
    /// Nil when no probe was answered.
    package let roundTripP50: Duration?
    package let roundTripP95: Duration?
    /// Of WireGuard, at the end; nil when it is not known or there was none.
    package let handshakeAge: Duration?
}
