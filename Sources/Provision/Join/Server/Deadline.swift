package import GateModel

/// A point in time that a state file carries over restarts.
///
/// Within a boot the clock that never steps decides; after a reboot the wall clock.
package struct Deadline: Codable, Hashable, Sendable {
    private let bootID: String
    private let bootSeconds: Int64
    private let unixSeconds: Int64

    /// `life` from now.
    package init(after life: Duration, from now: Moment, bootID: String) {
        self.bootID = bootID
        self.bootSeconds = (now.sinceBoot + life).components.seconds
        self.unixSeconds = now.unixSeconds + life.components.seconds
    }

    package func hasPassed(at now: Moment, bootID: String) -> Bool {
        remaining(at: now, bootID: bootID) == .zero
    }

    /// How long until it, zero when it has passed.
    package func remaining(at now: Moment, bootID: String) -> Duration {
        let seconds =
            bootID == self.bootID
            ? bootSeconds - now.sinceBoot.components.seconds : unixSeconds - now.unixSeconds
        return .seconds(max(0, seconds))
    }
}
