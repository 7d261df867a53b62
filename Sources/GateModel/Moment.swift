import Glibc

/// One reading of both clocks.
package struct Moment: Hashable, Sendable {
    /// Time since boot, suspended time included (`CLOCK_BOOTTIME`): what ages and deadlines are measured by.
    package var sinceBoot: Duration
    /// Seconds since the Unix epoch (`CLOCK_REALTIME`): what people read, and what is left after a reboot.
    package var unixSeconds: Int64

    package init(sinceBoot: Duration, unixSeconds: Int64) {
        self.sinceBoot = sinceBoot
        self.unixSeconds = unixSeconds
    }
}

/// Where the time comes from: the system, or a test's hand.
package protocol TimeSource: Sendable {
    /// Identifies the boot that ``Moment/sinceBoot`` counts from.
    var bootID: String { get }

    func now() -> Moment
}

/// The system's clocks.
package struct SystemTime: TimeSource {
    package let bootID: String

    package init() {
        self.bootID = Self.readBootID()
    }

    package func now() -> Moment {
        Moment(
            sinceBoot: Self.time(of: CLOCK_BOOTTIME),
            unixSeconds: Self.time(of: CLOCK_REALTIME).components.seconds)
    }

    private static func time(of clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The kernel's random id of this boot (`random(4)`, proc); where /proc hides it, the boot's wall time,
    /// which a clock step changes: then deadlines of earlier runs fall back to the wall clock.
    private static func readBootID() -> String {
        var buffer = [UInt8](repeating: 0, count: 64)
        let descriptor = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            close(descriptor)
            if count >= 36 { return String(decoding: buffer.prefix(36), as: UTF8.self) }
        }
        return "wall-\((time(of: CLOCK_REALTIME) - time(of: CLOCK_BOOTTIME)).components.seconds / 10)"
    }
}
