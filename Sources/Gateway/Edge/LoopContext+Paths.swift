import Logging
import NIOCore
import UpstreamSelection

// What the connections of one event loop do when something becomes known about the paths.

extension LoopContext {
    /// How often requests are looked at whose first byte is due while a path is in doubt.
    private static let doubtPeriod: TimeAmount = .milliseconds(50)

    /// Takes a publication: what runs on a path that died is ended, or sent once more.
    func take(_ selection: Selection) {
        let now = NIODeadline.now()
        guard let died = paths.take(selection, at: now) else { return }
        for name in selection.dead { pool.close(name) }
        endedByDeath = endedByDeath.filter { selection.lost.contains($0.key) }
        for name in died { endedByDeath[name] = 0 }
        let ended = switching.streamsEnded
        for visitor in Array(visitors.values) { visitor.pathsChanged(died: died) }
        if !died.isEmpty {
            logger.info(
                "a path died; what ran on it was ended",
                metadata: [
                    "path": "\(died.map(\.rawValue).sorted().joined(separator: ","))",
                    "streams": "\(switching.streamsEnded - ended)",
                ])
        }
        watchDoubt()
    }

    /// Looks at waiting requests more often than the sweep does, for as long as that can matter.
    func watchDoubt() {
        guard paths.needsWatch, !isDraining else {
            doubtWatch?.cancel()
            doubtWatch = nil
            return
        }
        guard doubtWatch == nil else { return }
        let here = NIOLoopBound(self, eventLoop: loop)
        doubtWatch = loop.scheduleRepeatedTask(initialDelay: Self.doubtPeriod, delay: Self.doubtPeriod) { _ in
            let now = NIODeadline.now()
            for visitor in Array(here.value.visitors.values) { visitor.checkFirstByte(now: now) }
        }
    }

    /// Keeps a connection that nobody waits for any more.
    func keep(_ connection: UpstreamConnection) {
        if isDraining || paths.selection.dead.contains(connection.path.name) {
            connection.close()
        } else {
            pool.give(connection, now: .now())
        }
    }

    /// Tells whoever decides about paths, unless it was told a moment ago.
    func observe(_ observation: PassiveObservation, at now: NIODeadline) {
        if observations.passes(observation, at: now) { reader.report(observation) }
    }

    // MARK: Counting

    /// Counts a request that has its answer, or will have none.
    func answered(_ exchange: Exchange, status: Int) {
        let path = exchange.path?.name
        counters.answered(
            status: status, path: path, bytesToVisitor: exchange.bytesToVisitor,
            bytesToApp: exchange.bytesToApp)
        guard let path else { return }
        served[path, default: .init()].add(
            requests: 1, bytesToVisitor: exchange.bytesToVisitor, bytesToApp: exchange.bytesToApp)
    }

    /// Counts what went over an upgraded connection; it was counted as a request when the app agreed.
    func ended(_ stream: UpgradedStream) {
        counters.upgradeEnded(bytesToVisitor: stream.bytesToVisitor, bytesToApp: stream.bytesToApp)
        guard let path = stream.path else { return }
        served[path, default: .init()].add(
            bytesToVisitor: stream.bytesToVisitor, bytesToApp: stream.bytesToApp)
    }

    func replayBegan() {
        switching.replays += 1
        counters.replayBegan()
    }

    func raceWonByOther(_ path: UpstreamPath.Name) {
        switching.racesWonByOther += 1
        counters.raceWonByOther(path)
    }

    func streamEnded(on path: UpstreamPath.Name) {
        switching.streamsEnded += 1
        endedByDeath[path, default: 0] += 1
        counters.streamEnded(on: path)
    }
}
