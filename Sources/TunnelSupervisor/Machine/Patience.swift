/// How long an outcome is waited for, by a process that may itself have had no time.
///
/// Whoever looks late has not listened: the answer may be there and unread, or its other half unsent. A deadline that is
/// looked at late is therefore looked at once more, after as much time as was missing. So a busy server does not take its
/// tunnels for dead, and one that has time decides as quickly as ever.
struct Patience {
    /// A look that is later than this is late; timers on a server that has time are not.
    static let punctual: Duration = .milliseconds(100)
    /// No deadline is put off by more than this in all: a path that is dead must not stay undiscovered.
    static let longestGrace: Duration = .seconds(2)

    /// When to look, a reading of the boot clock.
    private(set) var due: Duration
    /// What an outcome is given at first, and at most each further time.
    private let wait: Duration
    private var grace: Duration = .zero

    /// An outcome is due `wait` from `now`.
    init(_ wait: Duration, from now: Duration) {
        self.wait = wait
        due = now + wait
    }

    /// Looks at the deadline.
    ///
    /// - Returns: Whether it is over; otherwise ``due`` says when to look again.
    mutating func isOver(at now: Duration) -> Bool {
        let missing = now - due
        guard missing > Self.punctual, grace < Self.longestGrace else { return missing >= .zero }
        let more = min(missing, wait, Self.longestGrace - grace)
        grace += more
        due = now + more
        return false
    }
}
