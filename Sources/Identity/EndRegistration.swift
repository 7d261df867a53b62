import Synchronization

/// Somebody's wish to hear of a session's end, as streams have it; dropped when cancelled or released.
package final class EndRegistration: Sendable {
    private let session: Session
    private let number: UInt64

    init(session: Session, number: UInt64) {
        self.session = session
        self.number = number
    }

    deinit {
        cancel()
    }

    /// The callback will not run after this, unless it is running now.
    package func cancel() {
        session.watchers.remove(number)
    }
}

/// The callbacks of one session: each runs once, at the end, or at once when the end is already past.
final class EndWatchers: Sendable {
    private struct State {
        var hasEnded = false
        var nextNumber: UInt64 = 0
        var callbacks: [UInt64: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    /// The callback's number, or nil when the session has ended: then it has already run.
    func add(_ callback: @escaping @Sendable () -> Void) -> UInt64? {
        let number: UInt64? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.nextNumber += 1
            state.callbacks[state.nextNumber] = callback
            return state.nextNumber
        }
        if number == nil { callback() }
        return number
    }

    func remove(_ number: UInt64) {
        state.withLock { _ = $0.callbacks.removeValue(forKey: number) }
    }

    /// Runs every callback, outside the lock: a callback may remove others.
    func fire() {
        let callbacks = state.withLock { state in
            state.hasEnded = true
            defer { state.callbacks = [:] }
            return state.callbacks.values.map { $0 }
        }
        for callback in callbacks { callback() }
    }
}
