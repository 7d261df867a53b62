internal import CSystemd
import Glibc

/// What the service tells its manager (sd_notify(3)); outside systemd nothing happens.
package enum Notify {
    /// One assignment of the notification protocol, or the few that belong together.
    package enum State: Equatable, Sendable {
        /// The service answers.
        case ready
        /// One line for `systemctl status`.
        case status(String)
        /// The service has begun to end.
        case stopping
        /// A reload has begun; `ready` ends it.
        case reloading
        /// Still alive; due more often than ``Notify/watchdogInterval()`` says.
        case watchdog
    }

    /// Sends the states in one datagram.
    ///
    /// - Returns: Whether a manager was there to take it; false outside systemd.
    @discardableResult
    package static func send(_ states: State...) -> Bool { send(states) }

    /// Sends the states in one datagram, as above.
    @discardableResult
    package static func send(_ states: [State]) -> Bool {
        sd_notify(
            0,
            states.map { text(of: $0, monotonicMicroseconds: monotonicMicroseconds()) }.joined(
                separator: "\n")) > 0
    }

    /// How long the manager waits for a sign of life before it kills us (`WatchdogSec=`), nil for ever.
    ///
    /// Send ``State/watchdog`` at half of it.
    package static func watchdogInterval() -> Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds <= UInt64(Int64.max) else { return nil }
        return .microseconds(Int64(microseconds))
    }

    /// `RELOADING=1` without `MONOTONIC_USEC=` makes newer managers wait for a reload that never ends.
    static func text(of state: State, monotonicMicroseconds: UInt64) -> String {
        switch state {
        case .ready: "READY=1"
        case .status(let line): "STATUS=" + line.split(whereSeparator: \.isNewline).joined(separator: " ")
        case .stopping: "STOPPING=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)"
        case .watchdog: "WATCHDOG=1"
        }
    }

    private static func monotonicMicroseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }
}
