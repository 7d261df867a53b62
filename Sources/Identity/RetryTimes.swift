import Mail

// When a mail that did not leave is tried again; times are since boot.

/// What is known of mails that were tried: who holds them, when each is due again, and whether anything leaves at all.
struct RetryTimes {
    /// The first wait after a failure; each further one doubles it.
    static let firstBackOff = Duration.seconds(5)
    static let maximumBackOff = Duration.seconds(300)
    /// While the mail server cannot be reached, one mail tries it this often: so soon is it known to be back.
    static let probeInterval = Duration.seconds(15)
    /// A worker that has not reported by then is taken for dead.
    static let leaseTime = Duration.seconds(600)
    static let forgottenAfter = Duration.seconds(3600)
    /// How soon a try is repeated that was cut short.
    static let interruption = Duration.seconds(1)

    private struct Wait {
        var until: Duration
        var failures: Int
        /// The server was at fault, not this mail.
        var endsWithOutage: Bool
    }

    private var leases: [String: Duration] = [:]
    private var waits: [String: Wait] = [:]
    /// When the server is tried again at the latest; nil while it is there.
    private var nextProbe: Duration?

    /// The mails that may not be leased at `now`.
    mutating func held(at now: Duration) -> Set<String> {
        leases = leases.filter { $0.value > now }
        // What was due long ago and did not come again has left the queue by another way.
        waits = waits.filter { $0.value.until > now - Self.forgottenAfter }
        let isProbeDue = nextProbe.map { $0 <= now } ?? false
        let waiting = isProbeDue ? [] : waits.filter { $0.value.until > now }.keys.map { $0 }
        return Set(leases.keys).union(waiting)
    }

    /// Gives a mail to a worker; false when another was faster.
    mutating func lease(_ id: String, at now: Duration) -> Bool {
        guard !held(at: now).contains(id) else { return false }
        leases[id] = now + Self.leaseTime
        if nextProbe != nil { nextProbe = now + Self.probeInterval }
        return true
    }

    /// Keeps what an attempt means for this mail and for the others; one that left or never will stays leased.
    mutating func note(_ outcome: MailOutcome, of id: String, at now: Duration) {
        switch outcome {
        case .sent, .refused(.recipient, _), .refused(.message, _): endOutage(at: now)
        case .refused: break
        case .deferred(.interrupted, _):
            repeatSoon(id, at: now)
        case .deferred(let reason, _):
            leases[id] = nil
            let failures = (waits[id]?.failures ?? 0) + 1
            let isOutage = [.unreachable, .tls, .account].contains(reason)
            waits[id] = Wait(
                until: now + Self.backOff(failures: failures), failures: failures, endsWithOutage: isOutage)
            // A refused password is not tried that often: some servers lock the account.
            if isOutage, reason != .account { nextProbe = now + Self.probeInterval }
        }
    }

    /// Gives a mail back whose attempt was none: soon, but not at once, since a mailer that dies at every mail must
    /// not spin.
    mutating func repeatSoon(_ id: String, at now: Duration) {
        leases[id] = nil
        waits[id] = Wait(
            until: now + Self.interruption, failures: waits[id]?.failures ?? 0, endsWithOutage: false)
    }

    /// Forgets a mail that has left, or never will.
    mutating func forget(_ id: String) {
        leases[id] = nil
        waits[id] = nil
    }

    /// When something is due at the soonest; nil when nothing is known to be.
    func next(after now: Duration) -> Duration? {
        let probe = waits.isEmpty ? nil : nextProbe
        return (Array(leases.values) + waits.values.map(\.until) + [probe].compactMap { $0 })
            .filter { $0 > now }.min()
    }

    /// How long a mail waits after its nth failure in a row, from 1.
    static func backOff(failures: Int) -> Duration {
        min(firstBackOff * (1 << min(failures - 1, 10)), maximumBackOff)
    }

    /// A mail left: whatever waited for the server only waits no longer.
    private mutating func endOutage(at now: Duration) {
        nextProbe = nil
        for (id, wait) in waits where wait.endsWithOutage { waits[id]?.until = min(wait.until, now) }
    }
}
