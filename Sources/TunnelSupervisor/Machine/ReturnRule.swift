/// What a path that is down has to show before it is used again; the machine knows, since it knows both
/// paths.
struct ReturnRule: Sendable, Hashable {
    /// Full probes in a row that have to be good.
    var answers: Int
    /// How long the probation lasts after them; zero for none.
    var stableFor: Duration
    /// Whether an answer of the app itself is asked for: the app answers over the other path, so a refusal
    /// here is this path's fault.
    var needsAppAnswer: Bool
    /// Whether WireGuard's handshake data may forbid the return.
    var hasVeto: Bool

    /// For a path beside which no other works: waiting would help nobody.
    static let atOnce = ReturnRule(answers: 1, stableFor: .zero, needsAppAnswer: false, hasVeto: false)
}
