import Identity
import NIOCore
import UpstreamSelection

// Who uses an upgraded connection, and what went over it. All that an idle WebSocket keeps besides its channels.

final class UpgradedStream {
    let session: Session?
    let sessions: SessionAccess
    private(set) var bytes: UInt64 = 0
    /// Whether bytes moved since it was last asked.
    private var hasMoved = false

    init(session: Session?, sessions: SessionAccess) {
        self.session = session
        self.sessions = sessions
    }

    func count(_ count: Int) {
        bytes += UInt64(count)
        hasMoved = true
    }

    /// Counts what moved as a use of the session; whether anything has.
    func touchIfMoved() -> Bool {
        guard hasMoved else { return false }
        hasMoved = false
        if let session { sessions.touch(session) }
        return true
    }

    func end(_ counters: EdgeCounters) {
        counters.upgradeEnded()
    }
}
