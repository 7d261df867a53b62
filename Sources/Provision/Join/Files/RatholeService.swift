import GateModel
import Glibc

/// `rathole.service`, as a change of keys deals with it: disturbed only when its own file is a new one.
struct RatholeService {
    static let unit = "rathole.service"

    /// The file that it reads when it starts.
    let file: String

    /// Makes it run with the file as it is now, and start with the machine.
    ///
    /// - Parameter hasChanged: Whether the file was just written.
    /// - Throws: What systemd refused.
    func run(hasChanged: Bool) throws(Fault) {
        if try !Program("systemctl", "is-enabled", "--quiet", Self.unit).run().isSuccess {
            try Program("systemctl", "enable", Self.unit).succeed(
                remedy: "See why: systemctl status \(Self.unit)")
        }
        guard hasChanged || !hasStartedSinceChange else { return }
        try Program("systemctl", "--no-block", "restart", Self.unit).succeed(
            remedy: "See why: journalctl -u rathole")
    }

    /// Nobody has joined: it does not run.
    func stop() throws(Fault) {
        try Program("systemctl", "disable", Self.unit).succeed(
            remedy: "See why: systemctl status \(Self.unit)")
        try Program("systemctl", "--no-block", "stop", Self.unit).succeed(
            remedy: "See why: journalctl -u rathole")
    }

    /// A run that stopped between writing and restarting is found again by this; false when it cannot be told.
    private var hasStartedSinceChange: Bool {
        let words = ["show", Self.unit, "--property=ActiveState,ExecMainStartTimestampMonotonic"]
        var status = stat()
        guard let said = try? Program(["systemctl"] + words).run(), said.isSuccess, stat(file, &status) == 0
        else { return false }
        let changed = Duration.seconds(status.st_mtim.tv_sec) + .nanoseconds(status.st_mtim.tv_nsec)
        return Self.hasStarted(
            after: changed - Self.sinceEpochAtBoot, String(decoding: said.output, as: UTF8.self))
    }

    /// Whether `systemctl show` tells of a process that was started later than `moment`, in time since boot.
    static func hasStarted(after moment: Duration, _ said: String) -> Bool {
        var values: [Substring: Substring] = [:]
        for line in said.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        guard values["ActiveState"] == "active",
            let microseconds = values["ExecMainStartTimestampMonotonic"].flatMap({ Int64($0) })
        else { return false }
        return .microseconds(microseconds) > moment
    }

    /// What the wall clock says now, less the clock that systemd's times are given in.
    private static var sinceEpochAtBoot: Duration { time(of: CLOCK_REALTIME) - time(of: CLOCK_MONOTONIC) }

    private static func time(of clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
