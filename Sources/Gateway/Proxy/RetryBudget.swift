import NIOCore

/// How many requests may be sent once more, so that an app in trouble is not asked twice as much.
///
/// A token bucket: every request pays a fifth of a token in, every replay takes one out. It holds enough for
/// everything that is in flight when a path dies, and a few tokens a second come by themselves, for a site with
/// few requests.
struct RetryBudget: Equatable {
    /// What a request pays in, in thousandths: one replay for five requests.
    private static let share = 200
    private static let whole = 1000
    /// Tokens that come by themselves in a second.
    private static let trickle = 2
    /// The most that is held, and what it begins with.
    static let depth = 1024

    private var thousandths = depth * whole
    private var trickledAt: NIODeadline

    init(at now: NIODeadline) {
        self.trickledAt = now
    }

    mutating func requestBegan() {
        thousandths = min(thousandths + Self.share, Self.depth * Self.whole)
    }

    /// Takes out what a replay costs; false when there is not so much.
    mutating func takeReplay(at now: NIODeadline) -> Bool {
        let seconds = Int((now - trickledAt).nanoseconds / 1_000_000_000)
        if seconds > 0 {
            trickledAt = trickledAt + .seconds(Int64(seconds))
            let most = Self.depth * Self.whole
            thousandths = min(thousandths + min(seconds, Self.depth) * Self.trickle * Self.whole, most)
        }
        guard thousandths >= Self.whole else { return false }
        thousandths -= Self.whole
        return true
    }
}
