/// Which request a full probe makes on one path.
///
/// `HEAD` costs an app least, but some never answer it, or hang up. Two that stay unanswered on accepted connections
/// make it a `GET`, which is closed at its status line. After a while one `HEAD` is tried again between two
/// `GET`s; its silence then says nothing about the path.
struct ProbeMethod: Sendable, Hashable {
    enum Verb: String, Sendable {
        case head = "HEAD"
        case get = "GET"
    }

    private static let unansweredHeadsAllowed = 2
    private static let trialAfter: Duration = .seconds(600)

    private var unansweredHeads = 0
    /// Since when `GET` has been used, or the last trial was made; nil while it is `HEAD`.
    private var getSince: Duration?
    private var hasGetAnswered = false

    /// What to send at `now`; a trial's silence or end is not to be reported.
    mutating func next(at now: Duration) -> (verb: Verb, isTrial: Bool) {
        guard let getSince else { return (.head, false) }
        guard hasGetAnswered, now - getSince >= Self.trialAfter else { return (.get, false) }
        self.getSince = now
        return (.head, true)
    }

    /// Takes what came of a probe with `verb` at `now`.
    mutating func note(_ outcome: FullOutcome, of verb: Verb, at now: Duration) {
        switch (verb, outcome) {
        case (.head, .answered):
            self = ProbeMethod()
        case (.head, .silent) where getSince == nil, (.head, .closed) where getSince == nil:
            unansweredHeads += 1
            if unansweredHeads >= Self.unansweredHeadsAllowed { getSince = now }
        case (.get, _):
            hasGetAnswered = outcome.isAnswer
        default:
            break
        }
    }
}
