import NIOCore
import ServiceLifecycle
import Systemd

/// Tells the manager that we live, as long as every event loop turns (`WatchdogSec=`); without a manager nothing.
struct WatchdogLife: Service {
    let group: any EventLoopGroup

    func run() async throws {
        guard let interval = Notify.watchdogInterval() else { return try await gracefulShutdown() }
        // Twice in the time that is given (sd_watchdog_enabled(3)). A stop has a time of its own.
        await cancelWhenGracefulShutdown { [group] in
            repeat {
                if await Self.turn(group) { Notify.send(.watchdog) }
            } while (try? await Task.sleep(for: interval / 2)) != nil
        }
    }

    /// Waits until each loop has done a piece of work; one that hangs is waited for until we are killed.
    private static func turn(_ group: any EventLoopGroup) async -> Bool {
        for loop in group.makeIterator() {
            do {
                try await loop.submit {}.get()
            } catch {
                return false
            }
        }
        return true
    }
}
