package import GateModel
import Synchronization

/// A clock that a test turns by hand.
package final class ManualTime: TimeSource {
    private let state: Mutex<(moment: Moment, bootID: String)>

    package init(unixSeconds: Int64 = 1_790_000_000) {
        self.state = Mutex((Moment(sinceBoot: .seconds(1000), unixSeconds: unixSeconds), "boot-1"))
    }

    package var bootID: String { state.withLock { $0.bootID } }

    package func now() -> Moment { state.withLock { $0.moment } }

    /// Both clocks go on.
    package func advance(by duration: Duration) {
        state.withLock {
            $0.moment.sinceBoot += duration
            $0.moment.unixSeconds += duration.components.seconds
        }
    }

    /// The wall clock alone jumps, as when somebody sets it.
    package func stepWallClock(by seconds: Int64) {
        state.withLock { $0.moment.unixSeconds += seconds }
    }

    /// The machine starts again: a new boot id, and the boot clock from zero.
    package func reboot() {
        state.withLock {
            $0.bootID += "+"
            $0.moment.sinceBoot = .seconds(5)
        }
    }
}
