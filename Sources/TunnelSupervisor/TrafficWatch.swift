import Synchronization
import UpstreamSelection

/// What live traffic shows, noted on the gateway's event loops at the price of an atomic store.
final class TrafficWatch: Sendable {
    /// The last request or byte, in nanoseconds of the boot clock.
    private let lastActivity: Atomic<Int64>
    /// Whether an answer came over each path since somebody asked.
    private let hasWireGuardAnswered = Atomic(false)
    private let hasRatholeAnswered = Atomic(false)

    init(at now: Duration) {
        lastActivity = Atomic(Self.nanoseconds(now))
    }

    func noteActivity(at now: Duration) {
        lastActivity.store(Self.nanoseconds(now), ordering: .relaxed)
    }

    func noteAnswer(over path: UpstreamPath.Name) {
        switch path {
        case .wireGuard: hasWireGuardAnswered.store(true, ordering: .relaxed)
        case .rathole: hasRatholeAnswered.store(true, ordering: .relaxed)
        case .direct: break
        }
    }

    /// The paths over which an answer came since the last call.
    func takeAnswers() -> [UpstreamPath.Name] {
        var paths: [UpstreamPath.Name] = []
        if hasWireGuardAnswered.exchange(false, ordering: .relaxed) { paths.append(.wireGuard) }
        if hasRatholeAnswered.exchange(false, ordering: .relaxed) { paths.append(.rathole) }
        return paths
    }

    /// Whether nobody has been there for ``ProbePeriods/quietAfter``.
    func isQuiet(at now: Duration) -> Bool {
        now - .nanoseconds(lastActivity.load(ordering: .relaxed)) >= ProbePeriods.quietAfter
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }
}
