/// What `runegate tunnels --history` says: at most the last month, in spans of equal length.
package struct TunnelHistory: Codable, Sendable, Equatable {
    package let fromUnixSeconds: Int64
    package let untilUnixSeconds: Int64
    /// The length of one span.
    package let spanSeconds: Int64
    /// One a path that was configured in that time.
    package let paths: [PathHistory]
    /// How often traffic moved.
    package let switchCount: Int
    /// The latest of those times, the newest first.
    package let switches: [SwitchReport]
    /// For how long traffic was on another path than the first.
    package let fallbackSeconds: Int64
    /// What is to be learnt from it, as one sentence.
    package let conclusion: String
}

/// What one path did.
package struct PathHistory: Codable, Sendable, Equatable {
    package let name: String
    /// A relay inside this program, as in `runegate demo`.
    package let isSimulated: Bool
    package let probes: Int
    /// Those of them that stayed unanswered.
    package let lost: Int
    /// For how long it carried traffic.
    package let activeSeconds: Int64
    /// One a span, the oldest first.
    package let points: [Point]

    /// One span.
    package struct Point: Codable, Sendable, Equatable {
        package let unixSeconds: Int64
        /// 0 when nothing is known of that time.
        package let probes: Int
        package let lost: Int
        /// The median of what was written in the span; nil without an answer.
        package let roundTripP50Milliseconds: Double?
        /// The largest that was written in the span.
        package let roundTripP95Milliseconds: Double?
        package let activeSeconds: Int64
    }
}
