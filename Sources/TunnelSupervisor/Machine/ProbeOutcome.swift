/// What came of a light probe: an ICMP echo or a bare TCP connect.
package enum LightOutcome: Sendable, Hashable {
    /// The far side answered after this time; a late answer counts too.
    case answered(after: Duration)
    /// The far side refused the connection after this time: the path lives, the app does not listen.
    case refused(after: Duration)
    /// No answer within ``ProbeThresholds/lightTimeout(smoothed:)``. An answer may still follow.
    case lost
    /// The kernel had no way to send it.
    case unreachable(errno: Int32)
}

/// What came of a full probe: a request for the app on a fresh connection.
package enum FullOutcome: Sendable, Hashable {
    /// A status line; any status counts.
    case answered(status: Int, after: Duration)
    /// Bytes that are no HTTP status line: something answers, but it is no web app.
    case garbled
    /// Nobody listens.
    case refused
    /// The connection was accepted and ended without a byte.
    case closed
    /// The connection was accepted and nothing came by the deadline.
    case silent
    /// The connection was not accepted by the deadline.
    case noConnection
    /// The kernel had no way to send it.
    case unreachable(errno: Int32)

    /// Whether the app gave an HTTP answer.
    package var isAnswer: Bool {
        if case .answered = self { true } else { false }
    }

    /// Whether nothing came back, which chance may have done.
    var isSilence: Bool { self == .silent || self == .noConnection }

    /// Whether bytes came from behind the path.
    package var hasBytes: Bool { isAnswer || self == .garbled }
}
