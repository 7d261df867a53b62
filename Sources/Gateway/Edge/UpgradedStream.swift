import Identity
import NIOCore
import UpstreamSelection

// Who uses an upgraded connection, and what went over it. All that an idle WebSocket keeps besides its channels.

final class UpgradedStream {
    let session: Session?
    let sessions: SessionAccess
    /// What it leads over.
    let path: UpstreamPath.Name?
    private(set) var bytesToVisitor: UInt64 = 0
    private(set) var bytesToApp: UInt64 = 0
    /// Whether bytes moved since it was last asked.
    private var hasMoved = false

    init(session: Session?, sessions: SessionAccess, path: UpstreamPath.Name?) {
        self.session = session
        self.sessions = sessions
        self.path = path
    }

    func count(toVisitor count: Int) {
        bytesToVisitor += UInt64(count)
        hasMoved = true
    }

    func count(toApp count: Int) {
        bytesToApp += UInt64(count)
        hasMoved = true
    }

    /// Counts what moved as a use of the session; whether anything has.
    func touchIfMoved() -> Bool {
        guard hasMoved else { return false }
        hasMoved = false
        if let session { sessions.touch(session) }
        return true
    }
}
