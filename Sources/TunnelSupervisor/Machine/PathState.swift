/// What is believed about one path.
package enum PathState: String, Sendable, Hashable, CaseIterable, Codable {
    /// Nothing has answered or failed yet.
    case unknown
    case up
    /// Probes have been lost; it is still used, and connects on it are raced.
    case suspect
    case down
    /// It answers again, and has to go on doing so before it counts as up.
    case probation

    /// Whether a request may be sent over it when nothing better is there.
    package var isUsable: Bool { self == .up || self == .suspect || self == .probation }
}
