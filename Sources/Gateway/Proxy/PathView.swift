import NIOCore
import UpstreamSelection

/// What one event loop knows about the paths, and what follows for requests that wait for an answer.
struct PathView {
    /// What becomes of a request that waits for its first byte.
    enum Wait: Equatable {
        /// However long the app thinks: nothing is known against the path.
        case on
        /// It is sent on the other path too; the first byte decides.
        case hedge
        /// There is nobody behind the path.
        case giveUp
    }

    /// How long a first byte may take on a path in doubt, counted from when both were there.
    static let patienceInDoubt: TimeAmount = .milliseconds(600)
    /// How long an answer that can be asked for again may take that was asked for before the path was dead: the
    /// app may be busy, or the line be interrupted for a moment.
    static let patienceWithApp: TimeAmount = .seconds(5)

    private(set) var selection: Selection
    /// Whether nothing is known against the current path.
    private(set) var isCurrentSound = true
    /// Since when a path has been doubtful or dead.
    private var inDoubtSince: [UpstreamPath.Name: NIODeadline] = [:]
    /// Since when a path has been dead.
    private var deadSince: [UpstreamPath.Name: NIODeadline] = [:]

    init(_ selection: Selection, at now: NIODeadline) {
        self.selection = selection
        note(at: now)
    }

    /// Takes a publication.
    ///
    /// - Returns: The paths on which nothing can go on since; nil when a newer one is known already.
    mutating func take(_ next: Selection, at now: NIODeadline) -> Set<UpstreamPath.Name>? {
        guard next.generation > selection.generation else { return nil }
        let died = next.lost.subtracting(selection.lost)
        selection = next
        note(at: now)
        return died
    }

    private mutating func note(at now: NIODeadline) {
        let inDoubt = selection.doubtful.union(selection.dead)
        inDoubtSince = inDoubtSince.filter { inDoubt.contains($0.key) }
        for name in inDoubt where inDoubtSince[name] == nil { inDoubtSince[name] = now }
        deadSince = deadSince.filter { selection.dead.contains($0.key) }
        for name in selection.dead where deadSince[name] == nil { deadSince[name] = now }
        isCurrentSound = !inDoubt.contains(selection.current.name)
    }

    /// Whether many requests may wait where their first byte is due, so that looking at every sweep is too seldom.
    var needsWatch: Bool { !selection.doubtful.isEmpty || !isCurrentSound }

    /// Whether there is a living path other than this one.
    func hasOther(than name: UpstreamPath.Name) -> Bool {
        ConnectRace.order(selection).contains { $0.name != name && !selection.dead.contains($0.name) }
    }

    /// Whether it helps to send a request once more whose connection ended without a byte.
    ///
    /// It then goes on the other path. On the same one only if there is no other and the connection had been kept:
    /// the app may have closed it just then.
    func isWorthReplaying(lostOn name: UpstreamPath.Name, wasKept: Bool) -> Bool {
        hasOther(than: name) || (wasKept && !selection.dead.contains(name))
    }

    /// What becomes of a request without a byte, sent on `path` at `sentAt`.
    ///
    /// On a sound path a late byte is never a failure: apps may think for minutes. A connection that was made on
    /// a dead path may wait as well, if that proves that the path is back. What is repeatable need not wait for
    /// long where all is silent, whether or not it was sent twice by now: its visitor can ask again.
    func judge(
        _ path: UpstreamPath, sentAt: NIODeadline, mayReplay: Bool, isRepeatable: Bool, at now: NIODeadline
    ) -> Wait {
        guard let since = inDoubtSince[path.name] else { return .on }
        let isImpatient = now - max(since, sentAt) >= Self.patienceInDoubt
        let deadSince = deadSince[path.name]
        if mayReplay, hasOther(than: path.name), isImpatient || deadSince != nil { return .hedge }
        guard let deadSince, isImpatient else { return .on }
        if sentAt >= deadSince { return path.isProvenByConnect ? .on : .giveUp }
        return isRepeatable && now - deadSince >= Self.patienceWithApp ? .giveUp : .on
    }
}
