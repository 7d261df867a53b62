/// Whether a WireGuard path's light probe is an ICMP echo or a TCP connect.
///
/// Firewalls drop echoes more often than connects, so it is an echo only while echoes have been answered.
struct LightKind: Sendable, Hashable {
    /// Echoes lost in a row, while other probes were answered, that end their use.
    private static let lossesAllowed = 20
    private static let trialPeriod: Duration = .seconds(1)
    private static let trialPeriodAfterLoss: Duration = .seconds(60)

    /// Whether echoes are the probe; otherwise now and then one is sent beside the connects.
    private(set) var isEcho = false
    private var losses = 0
    private var trialEvery = Self.trialPeriod
    private var lastTrial: Duration?

    /// Whether an echo is to be tried beside the connect that is sent at `now`.
    mutating func isTrialDue(at now: Duration) -> Bool {
        guard !isEcho, lastTrial.map({ now - $0 >= trialEvery }) ?? true else { return false }
        lastTrial = now
        return true
    }

    mutating func echoAnswered() {
        isEcho = true
        losses = 0
    }

    /// Takes a lost echo.
    ///
    /// - Parameter isPathAnswering: A full probe reached the far side after the echo was sent.
    mutating func echoLost(isPathAnswering: Bool) {
        losses = isPathAnswering ? losses + 1 : losses
        guard isEcho, losses >= Self.lossesAllowed else { return }
        isEcho = false
        losses = 0
        trialEvery = Self.trialPeriodAfterLoss
    }
}
