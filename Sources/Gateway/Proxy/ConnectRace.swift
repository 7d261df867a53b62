import UpstreamSelection

/// Which connects are made for one request, and which of them carries it.
///
/// The connect on the first path has `Selection.raceAfter` to itself; when it hesitates for longer, or fails, the
/// other path is tried as well, and the first that stands wins. A dead path is tried only when no other is left. Nothing has been sent by then, so every request
/// may be raced. Events go in, actions come out; the connects and timers are ``RacedConnect``'s.
struct ConnectRace {
    enum Event: Equatable {
        case started
        /// What ``Action/awaitHesitation(_:)`` asked for has passed.
        case hesitated
        /// What ``Action/awaitEnd(_:)`` asked for has passed.
        case overdue
        case connected(UpstreamPath)
        case failed(UpstreamPath, UpstreamFailure)
        /// What is known about the paths has changed.
        case published(Selection)
    }

    enum Action: Equatable {
        case connect(UpstreamPath)
        case awaitHesitation(Duration)
        case awaitEnd(Duration)
        /// This path's connection carries the request; what else connects is for somebody else.
        case win(UpstreamPath)
        case fail(UpstreamFailure)
    }

    /// How long a connect may take while all of its paths count as dead: the page shall not be long in coming.
    static let deadlineOnDead: Duration = .milliseconds(700)

    private(set) var isOver = false
    private var selection: Selection
    /// The path that is tried last, whatever the selection says.
    private let avoided: UpstreamPath.Name?
    private var begun: [UpstreamPath] = []
    private var failures: [(path: UpstreamPath, failure: UpstreamFailure)] = []
    private var hasHesitated = false
    private var isHesitationAwaited = false
    private var isEndAwaited = false

    init(_ selection: Selection, avoiding avoided: UpstreamPath.Name? = nil) {
        self.selection = selection
        self.avoided = avoided
    }

    /// The paths worth a connect, the best first: dead ones behind living ones, and `avoided` behind its like.
    static func order(_ selection: Selection, avoiding avoided: UpstreamPath.Name? = nil) -> [UpstreamPath] {
        guard let alternative = selection.alternative else { return [selection.current] }
        let demerit = { (path: UpstreamPath) in
            (selection.dead.contains(path.name) ? 2 : 0) + (path.name == avoided ? 1 : 0)
        }
        return demerit(selection.current) <= demerit(alternative)
            ? [selection.current, alternative] : [alternative, selection.current]
    }

    /// The path that was tried first.
    var first: UpstreamPath? { begun.first }

    mutating func take(_ event: Event) -> [Action] {
        guard !isOver else { return [] }
        switch event {
        case .started:
            return beginNext() + awaitWhatMayCome()
        case .hesitated:
            hasHesitated = true
            return beginNext()
        case .overdue:
            return end(.fail(mostTelling))
        case .connected(let path):
            return end(.win(path))
        case .failed(let path, let failure):
            failures.append((path, failure))
            let next = beginNext()
            return next.isEmpty && running.isEmpty ? end(.fail(mostTelling)) : next + awaitWhatMayCome()
        case .published(let selection):
            self.selection = selection
            return (hasHesitated || isAllDead ? beginNext() : []) + awaitWhatMayCome()
        }
    }

    private var next: UpstreamPath? {
        let isLastResort = isAllDead
        return Self.order(selection, avoiding: avoided).first { path in
            !begun.contains { $0.name == path.name } && (isLastResort || !selection.dead.contains(path.name))
        }
    }

    private var running: [UpstreamPath] {
        begun.filter { path in !failures.contains { $0.path == path } }
    }

    /// Whether no connect under way can be expected to succeed.
    private var isAllDead: Bool { running.allSatisfy { selection.dead.contains($0.name) } }

    private var mostTelling: UpstreamFailure {
        failures.map(\.failure).max { $0.telling < $1.telling } ?? .unreachable
    }

    private mutating func beginNext() -> [Action] {
        guard let next else { return [] }
        begun.append(next)
        return [.connect(next)]
    }

    private mutating func awaitWhatMayCome() -> [Action] {
        var actions: [Action] = []
        if next != nil, !hasHesitated, !isHesitationAwaited {
            isHesitationAwaited = true
            actions.append(.awaitHesitation(selection.raceAfter))
        }
        if isAllDead, !isEndAwaited {
            isEndAwaited = true
            actions.append(.awaitEnd(Self.deadlineOnDead))
        }
        return actions
    }

    private mutating func end(_ action: Action) -> [Action] {
        isOver = true
        return [action]
    }
}
