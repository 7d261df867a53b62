import NIOCore
import UpstreamSelection

// The kept connections to the app of one event loop. The newest is taken first, so that few stay warm and the
// rest time out.

final class UpstreamPool {
    private struct Kept {
        let connection: UpstreamConnection
        let since: NIODeadline
    }

    private let limits: EdgeLimits
    /// Oldest first; a handful of paths at most, searched in order.
    private var kept: [(path: UpstreamPath, stack: [Kept])] = []

    init(limits: EdgeLimits) {
        self.limits = limits
    }

    /// A kept connection, or nil.
    ///
    /// A request that may not be sent again, should the connection turn out dead, takes only one that answered a
    /// moment ago; one that only stands, as a race leaves it behind, has not answered.
    func take(_ path: UpstreamPath, isRepeatable: Bool, now: NIODeadline) -> UpstreamConnection? {
        guard let index = kept.firstIndex(where: { $0.path == path }),
            let newest = kept[index].stack.last,
            KeptConnection.isUsable(
                idle: now - newest.since, hasAnswered: newest.connection.hasAnswered,
                isRepeatable: isRepeatable, limits: limits)
        else { return nil }
        kept[index].stack.removeLast()
        return newest.connection
    }

    /// Keeps a connection whose answer is complete, or closes it.
    func give(_ connection: UpstreamConnection, now: NIODeadline) {
        let index = kept.firstIndex { $0.path == connection.path } ?? kept.endIndex
        if index == kept.endIndex { kept.append((connection.path, [])) }
        guard kept[index].stack.count < limits.upstreamKept else {
            connection.close()
            return
        }
        kept[index].stack.append(Kept(connection: connection, since: now))
    }

    /// The app closed a kept connection.
    func forget(_ connection: UpstreamConnection) {
        for index in kept.indices { kept[index].stack.removeAll { $0.connection === connection } }
    }

    /// Closes everything that is kept on a path.
    func close(_ path: UpstreamPath.Name) {
        let gone = kept.filter { $0.path.name == path }.flatMap(\.stack)
        kept.removeAll { $0.path.name == path }
        for entry in gone { entry.connection.close() }
    }

    func sweep(now: NIODeadline) {
        for index in kept.indices {
            let expired = kept[index].stack.prefix { now - $0.since >= limits.upstreamIdle }
            kept[index].stack.removeFirst(expired.count)
            for entry in expired { entry.connection.close() }
        }
        kept.removeAll { $0.stack.isEmpty }
    }

    func closeAll() {
        let all = kept.flatMap(\.stack)
        kept = []
        for entry in all { entry.connection.close() }
    }
}

/// Whether a kept connection may carry a request.
enum KeptConnection {
    static func isUsable(
        idle: TimeAmount, hasAnswered: Bool, isRepeatable: Bool, limits: EdgeLimits
    ) -> Bool {
        isRepeatable ? idle < limits.upstreamIdle : hasAnswered && idle < limits.upstreamFresh
    }
}
