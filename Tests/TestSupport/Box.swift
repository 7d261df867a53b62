import Synchronization

/// A value that closures of a test may set.
package final class Box<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    package init(_ value: Value) {
        self.state = Mutex(value)
    }

    package var value: Value {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
