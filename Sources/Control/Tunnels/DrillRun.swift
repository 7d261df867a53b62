package import GateModel
internal import Synchronization

/// A drill: traffic moves to the other path and back, while a visitor of the program's own asks for the app
/// all the time.
package struct DrillRun: Sendable {
    /// How the drill moves traffic.
    package struct Traffic: Sendable {
        /// Moves it to the other path; says where it was and is.
        package var moveThere: @Sendable () throws(Fault) -> (from: String, to: String)
        package var moveBack: @Sendable () -> Void
        /// The path that carries it.
        package var current: @Sendable () -> String

        package init(
            moveThere: @escaping @Sendable () throws(Fault) -> (from: String, to: String),
            moveBack: @escaping @Sendable () -> Void, current: @escaping @Sendable () -> String
        ) {
            self.moveThere = moveThere
            self.moveBack = moveBack
            self.current = current
        }
    }

    /// For how long what is done.
    package struct Schedule: Sendable {
        /// Before traffic moves, so that the visitor's connections stand.
        package var before: Duration = .milliseconds(500)
        /// On the other path.
        package var there: Duration = .seconds(2)
        /// Back on the first one.
        package var back: Duration = .seconds(2)
        /// Between an answer and the next request of the same asker.
        package var pause: Duration = .milliseconds(20)
        /// Requests under way at a time.
        package var askers = 4

        package init() {}
    }

    private let traffic: Traffic
    private let schedule: Schedule
    private let ask: @Sendable () async -> DrillAnswer
    private let time: any TimeSource

    /// - Parameters:
    ///   - traffic: How traffic is moved.
    ///   - schedule: For how long what is done.
    ///   - time: The clock that answers are timed by.
    ///   - ask: Asks for the app as a visitor does, and comes back within some seconds.
    package init(
        _ traffic: Traffic, schedule: Schedule = Schedule(), time: any TimeSource = SystemTime(),
        ask: @escaping @Sendable () async -> DrillAnswer
    ) {
        self.traffic = traffic
        self.schedule = schedule
        self.ask = ask
        self.time = time
    }

    /// Runs the drill; traffic is back when this returns, however it ends.
    ///
    /// - Throws: A `Fault` when the app does not answer a visitor to begin with, or the other path must not be
    ///   tried.
    package func run() async throws(Fault) -> DrillResult {
        let usual = try await usualStatus()
        let log = DrillLog()
        let outcome = await withTaskGroup(of: Void.self) { tasks in
            for _ in 0..<schedule.askers { tasks.addTask { await keepAsking(usual, log) } }
            let outcome = await moveThereAndBack()
            tasks.cancelAll()
            return outcome
        }
        let (path, movedAt, backAt, problems) = try outcome.get()
        let all = log.records
        return DrillResult(
            from: path.from, to: path.to, there: all.filter { $0.ended > movedAt && $0.began < backAt },
            back: all.filter { $0.ended > backAt }, all: all, problems: problems)
    }

    private typealias Moves = (
        path: (from: String, to: String), movedAt: Duration, backAt: Duration, problems: [String]
    )

    private func moveThereAndBack() async -> Result<Moves, Fault> {
        await wait(schedule.before)
        var problems: [String] = []
        let path: (from: String, to: String)
        let movedAt = now
        do throws(Fault) {
            path = try traffic.moveThere()
        } catch {
            return .failure(error)
        }
        await wait(schedule.there)
        if traffic.current() != path.to { problems.append("Traffic did not stay on \(path.to)") }
        let backAt = now
        traffic.moveBack()
        await wait(schedule.back)
        if traffic.current() != path.from { problems.append("Traffic is not back on \(path.from)") }
        return .success((path, movedAt, backAt, problems))
    }

    /// What the app answers while nothing is being tried.
    private func usualStatus() async throws(Fault) -> Int {
        let problem: String
        switch await ask() {
        case .answered(let status) where !Self.isGatewayFailure(status) && !Self.isTurnedAway(status):
            return status
        case .answered(let status): problem = "status \(status)"
        case .failed(let reason): problem = reason
        }
        throw Fault(
            code: "drill-refused", problem: "The app does not answer a visitor: \(problem)",
            remedy: "See `runegate tunnels why`; RUNEGATE_PROBE_PATH says what is asked for.")
    }

    private func keepAsking(_ usual: Int, _ log: DrillLog) async {
        while !Task.isCancelled {
            let began = now
            let answer = await ask()
            var failure: String?
            switch answer {
            case .failed(let reason): failure = reason
            case .answered(let status) where status != usual && Self.isGatewayFailure(status):
                failure = "status \(status)"
            case .answered: break
            }
            log.add(DrillRecord(began: began, ended: now, failure: failure))
            await wait(schedule.pause)
        }
    }

    /// The statuses by which the gateway says that it did not reach the app (RFC 9110 §15.6).
    private static func isGatewayFailure(_ status: Int) -> Bool { (502...504).contains(status) }

    /// The statuses by which it says that it does not know the visitor or the host: then nobody would measure
    /// the app.
    private static func isTurnedAway(_ status: Int) -> Bool { status == 401 || status == 421 }

    private var now: Duration { time.now().sinceBoot }

    /// Ends early when the program does.
    private func wait(_ duration: Duration) async { try? await Task.sleep(for: duration) }
}

/// What came of one request of a drill.
package enum DrillAnswer: Sendable, Equatable {
    case answered(status: Int)
    /// Why there was no whole answer, as the end of a sentence.
    case failed(String)
}

/// The requests of a drill so far; several askers add to it.
private final class DrillLog: Sendable {
    private let log = Mutex<[DrillRecord]>([])

    var records: [DrillRecord] { log.withLock { $0 } }

    func add(_ record: DrillRecord) { log.withLock { $0.append(record) } }
}
