/// Round-trip times of one path: a smoothed value for timeouts, and the latest ones for people.
package struct RoundTrips: Sendable, Hashable {
    private static let kept = 100

    /// Smoothed as in RFC 6298 §2, with alpha 1/8; nil before the first answer.
    package private(set) var smoothed: Duration?
    /// A ring of the latest answers, in no order.
    private var latest: [Duration] = []
    private var next = 0

    package init() {}

    mutating func add(_ time: Duration) {
        smoothed = smoothed.map { $0 + (time - $0) / 8 } ?? time
        if latest.count < Self.kept {
            latest.append(time)
        } else {
            latest[next] = time
            next = (next + 1) % Self.kept
        }
    }

    /// The time that `percent` of the latest answers did not exceed; nil without answers.
    package func percentile(_ percent: Int) -> Duration? {
        guard !latest.isEmpty else { return nil }
        return latest.sorted()[(latest.count - 1) * percent / 100]
    }
}
