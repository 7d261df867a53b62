/// When the app counts as being back: it could be reached without a break for some time.
struct RecoveryRule {
    let stableFor: Duration
    private var workingSince: Duration?

    init(stableFor: Duration) {
        self.stableFor = stableFor
    }

    /// Takes how things are at `now`, a reading of the boot clock; true once they have been well for long enough.
    mutating func isBack(isBroken: Bool, at now: Duration) -> Bool {
        guard !isBroken else {
            workingSince = nil
            return false
        }
        let since = workingSince ?? now
        workingSince = since
        return now - since >= stableFor
    }
}
