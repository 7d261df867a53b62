import Synchronization

/// The settings in force, replaced as a whole at reload.
final class LiveSettings: Sendable {
    private let state: Mutex<IdentitySettings>

    init(_ settings: IdentitySettings) {
        self.state = Mutex(settings)
    }

    var current: IdentitySettings { state.withLock { $0 } }

    func replace(by settings: IdentitySettings) {
        state.withLock { $0 = settings }
    }
}
