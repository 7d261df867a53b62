internal import Synchronization

/// The mails that one lease connection has out.
final class HeldLeases: Sendable {
    private let state = Mutex<(ids: Set<String>, hasReports: Bool)>(([], false))

    func insert(_ id: String) {
        state.withLock { _ = $0.ids.insert(id) }
    }

    /// Ends a lease; false when there is none of that id.
    func remove(_ id: String) -> Bool {
        state.withLock { state in
            state.hasReports = true
            return state.ids.remove(id) != nil
        }
    }

    /// The leases that the end of the connection leaves behind.
    func takeAll() -> Set<String> {
        state.withLock { state in
            defer { state.ids = [] }
            return state.ids
        }
    }

    /// Whether the other end ever reported.
    var hasReports: Bool { state.withLock(\.hasReports) }
}
