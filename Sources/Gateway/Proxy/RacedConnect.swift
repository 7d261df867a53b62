import NIOCore
import UpstreamSelection

/// Makes the connects of a ``ConnectRace`` and hands over the connection that won.
///
/// Whoever stands after that goes to the pool.
final class RacedConnect {
    typealias Outcome = Result<UpstreamConnection, UpstreamFailure>

    private let shared: LoopContext
    private var race: ConnectRace
    private var arrived: UpstreamConnection?
    private var timers: [Scheduled<Void>] = []
    private var done: ((Outcome) -> Void)?

    /// Prepares a race; `done` is called once, on the event loop, maybe before ``begin()`` returns.
    init(_ race: ConnectRace, in shared: LoopContext, done: @escaping (Outcome) -> Void) {
        self.race = race
        self.shared = shared
        self.done = done
    }

    func begin() { take(.started) }

    /// What is known about the paths has changed.
    func take(_ selection: Selection) { take(.published(selection)) }

    private func take(_ event: ConnectRace.Event) {
        for action in race.take(event) {
            switch action {
            case .connect(let path): connect(path)
            case .awaitHesitation(let time): wake(with: .hesitated, in: time)
            case .awaitEnd(let time): wake(with: .overdue, in: time)
            case .win(let path): won(on: path)
            case .fail(let failure): end(.failure(failure))
            }
        }
    }

    private func connect(_ path: UpstreamPath) {
        shared.counters.connectBegan()
        shared.dialer.connect(path, in: shared).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let connection) where race.isOver:
                shared.keep(connection)
            case .success(let connection):
                arrived = connection
                take(.connected(path))
            case .failure(let error):
                let failure = UpstreamFailure(connecting: error, over: path)
                // A refusal is an answer: the path is alive. Our own shortage says nothing of it.
                if failure != .refused, failure != .exhausted {
                    shared.observe(.connectFailed(path.name), at: .now())
                }
                take(.failed(path, failure))
            }
        }
    }

    private func won(on path: UpstreamPath) {
        guard let connection = arrived.take() else { return }
        if let first = race.first, first != path { shared.raceWonByOther(path.name) }
        end(.success(connection))
    }

    private func wake(with event: ConnectRace.Event, in time: Duration) {
        let here = NIOLoopBound(self, eventLoop: shared.loop)
        timers.append(shared.loop.scheduleTask(in: TimeAmount(time)) { here.value.take(event) })
    }

    private func end(_ outcome: Outcome) {
        for timer in timers { timer.cancel() }
        timers = []
        done.take()?(outcome)
    }
}

@available(*, unavailable)
extension RacedConnect: Sendable {}
