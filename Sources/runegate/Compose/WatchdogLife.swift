import Logging
import ServiceLifecycle
import Synchronization
import Systemd

/// Something that has to move, or the service is as good as dead.
struct WatchedPart: Sendable {
    /// As the log and `systemctl status` call it.
    let name: String
    /// Returns as soon as it moves; never while it hangs.
    let turn: @Sendable () async -> Void
}

/// Tells the manager that we live, as long as every part moves (`WatchdogSec=`); without a manager nothing.
///
/// A part that answers with errors moves: a restart would not mend it.
struct WatchdogLife: Service {
    let parts: [WatchedPart]
    /// Hears which parts hang, and of none when all move.
    let noteHanging: @Sendable ([String]) -> Void
    private let logger = Logger(label: "watchdog")

    init(parts: [WatchedPart], noteHanging: @escaping @Sendable ([String]) -> Void) {
        self.parts = parts
        self.noteHanging = noteHanging
    }

    func run() async throws {
        guard let interval = Notify.watchdogInterval() else { return try await gracefulShutdown() }
        // Twice in the time that is given (sd_watchdog_enabled(3)). The first in the list of services ends last, so
        // that what hangs while transfers finish is noticed, too.
        await cancelWhenGracefulShutdown {
            repeat {
                await turn(patience: interval / 4)
                Notify.send(.watchdog)
            } while (try? await Task.sleep(for: interval / 2)) != nil
        }
    }

    /// Returns once each part has moved; says which ones have not, before the manager loses its patience.
    private func turn(patience: Duration) async {
        let late = LateParts(parts.map(\.name))
        // Cut short when this function returns.
        async let _: Void = complain(about: late, after: patience)
        await withDiscardingTaskGroup { group in
            for part in parts {
                group.addTask {
                    await part.turn()
                    late.remove(part.name)
                }
            }
        }
        noteHanging([])
    }

    private func complain(about late: LateParts, after patience: Duration) async {
        guard (try? await Task.sleep(for: patience)) != nil, !late.names.isEmpty else { return }
        let names = late.names.joined(separator: ", ")
        logger.critical(
            "a part hangs; unless it moves soon the service manager restarts the service",
            metadata: ["part": "\(names)", "for": "\(patience)"])
        noteHanging(late.names)
    }
}

/// The parts that have not moved yet.
private final class LateParts: Sendable {
    private let state: Mutex<[String]>

    init(_ names: [String]) { state = Mutex(names) }

    var names: [String] { state.withLock { $0 } }
    func remove(_ name: String) { state.withLock { $0.removeAll { $0 == name } } }
}
